import type { Command } from "commander"
import { EndSignal } from "../../ground/end-signal.js"
import { portNumber } from "../options.js"
import { fleetStoreCommand, type FleetFlags, withBotStore } from "./fleet-store.js"

interface Flags extends FleetFlags {
  readonly listen: string
  readonly adminPort: number
}

/** `sounder fleet admin`: shows the bots of the store on a page. */
export function fleetAdminCommand(print: (text: string) => void): Command {
  return fleetStoreCommand("admin")
    .summary("show the bots on a page, to park and wake them")
    .description(
      "Shows the bots of the store on a page, with their states and problems, and parks and wakes them. The password " +
        "is that of FLEET_ADMIN_PASSWORD; without one, a random password is printed. Ctrl-C ends the page.",
    )
    .option("--listen <address>", "the address to listen on, or unix:/path", "127.0.0.1")
    .option("--admin-port <number>", "the port of the page; 0 for a free port", portNumber, 8090)
    .action(async ({ listen, adminPort: port, ...flags }: Flags) => {
      await withBotStore(flags, async (store) => {
        const { FleetAdmin } = await import("../../admin/index.js")
        const { expectPassword } = await import("../../admin/fleet-admin-options.js")
        const given = process.env["FLEET_ADMIN_PASSWORD"]
        const password = expectPassword(given || crypto.randomUUID(), "FLEET_ADMIN_PASSWORD")
        await using admin = new FleetAdmin({ store, password, listen, port })
        using end = new EndSignal()
        const { url = listen } = await admin.start()
        print(`The admin page: ${url}\n`)
        if (!given) print(`The password: ${password} (with any user name)\n`)
        await end.received
      })
    })
}
