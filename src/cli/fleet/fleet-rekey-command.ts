import type { Command } from "commander"
import { fleetStoreCommand, type FleetFlags, withBotStore } from "./fleet-store.js"

/** `sounder fleet rekey`: encrypts the tokens of the store with a new key. */
export function fleetRekeyCommand(print: (text: string) => void): Command {
  return fleetStoreCommand("rekey")
    .summary("encrypt the tokens with the first key of FLEET_KEY")
    .description(
      "Encrypts all tokens with the first key of FLEET_KEY. Give all machines the new key in front of the old one, as " +
        "in FLEET_KEY=new,old, run this command, and then take the old key away.",
    )
    .action(async (flags: FleetFlags) => {
      const count = await withBotStore(flags, (store) => store.reseal())
      print(`Encrypted ${count} ${count === 1 ? "token" : "tokens"} with the first key.\n`)
    })
}
