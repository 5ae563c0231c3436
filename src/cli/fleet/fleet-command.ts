import { Command } from "commander"
import { fleetAddCommand } from "./fleet-add-command.js"
import { fleetAdminCommand } from "./fleet-admin-command.js"
import { fleetChangeCommands } from "./fleet-change-commands.js"
import { fleetListCommand } from "./fleet-list-command.js"
import { fleetRekeyCommand } from "./fleet-rekey-command.js"
import { fleetStatusCommand } from "./fleet-status-command.js"

/** `sounder fleet`: manages the bots of a fleet in its store. */
export function fleetCommand(print: (text: string) => void): Command {
  const fleet = new Command("fleet")
    .summary("manage the bots of a fleet in its store")
    .description(
      "Manages the bots of a fleet in its store. The machines of the fleet may run meanwhile, and carry a change out " +
        "within a second.",
    )
    .addCommand(fleetAddCommand(print))
  for (const command of fleetChangeCommands(print)) fleet.addCommand(command)
  return fleet
    .addCommand(fleetListCommand(print))
    .addCommand(fleetStatusCommand(print))
    .addCommand(fleetRekeyCommand(print))
    .addCommand(fleetAdminCommand(print))
}
