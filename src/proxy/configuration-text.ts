/**
 * What the three configurations have in common: their first lines and how they are indented.
 *
 * @module
 */
import { webhookPorts } from "../telegram/network-facts.js"
import { hostAndPort, type ProxyAddress } from "./proxy-address.js"
import type { ProxyName } from "./proxy-options.js"
import type { ProxyPlan } from "./proxy-plan.js"

/** Telegram waits 60 s for an answer and keeps idle connections as long; a proxy has to exceed it. */
export const patienceSeconds = 75

/** The longest body: Telegram's updates are shorter. In bytes. */
export const maxBodyBytes = 1_048_576

/** The comment at the top: which proxy, and which bot is where. */
export function heading(proxy: ProxyName, { sites, listen, passthrough }: ProxyPlan): string[] {
  const bots = sites.flatMap(({ host, routes }) =>
    routes.map(({ path = "", server }) => `#   https://${host}${path} → ${addressText(server)}`),
  )
  const ports = `# Telegram calls only the ports ${webhookPorts.join(", ")}: have one of them lead to ${listen.port}.`
  return [
    `# ${proxy} in front of Telegram bots, as \`sounder proxy ${proxy}\` writes it.`,
    `# ${passthrough ? "TLS is passed on to the bots" : "TLS ends here"}. The bots:`,
    ...bots,
    ...(webhookPorts.includes(listen.port) ? [] : [ports]),
    "",
  ]
}

/** The lines of a block, each one step further in. */
export function indented(lines: readonly string[], by = "    "): string[] {
  return lines.map((line) => (line === "" ? line : `${by}${line}`))
}

/** Blocks of lines, with an empty line between them. */
export function separated(...blocks: readonly (readonly string[])[]): string[] {
  const filled = blocks.filter((block) => block.length > 0)
  return filled.flatMap((block, index) => (index === 0 ? block : ["", ...block]))
}

/** A pattern that a path and all that is below it match, and nothing else. */
export function pathPattern(path: string): string {
  return `^${path.replaceAll(".", String.raw`\.`)}(/|$)`
}

function addressText(address: ProxyAddress): string {
  return address.kind === "unix" ? `unix:${address.path}` : hostAndPort(address)
}
