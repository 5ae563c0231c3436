/**
 * The parts that all configurations share: the first lines, the limits and the indentation.
 *
 * @module
 */
import { webhookPorts } from "../telegram/network-facts.js"
import { hostAndPort, type ProxyAddress } from "./proxy-address.js"
import type { ProxyName } from "./proxy-options.js"
import type { ProxyPlan } from "./proxy-plan.js"

/**
 * The time-out of proxies, in seconds, which exceeds the 60 s for which Telegram waits for an answer and
 * keeps an idle connection.
 */
export const timeoutSeconds = 75

/** The longest accepted body, in bytes. Telegram's updates are shorter. */
export const maxBodyBytes = 1_048_576

/** Returns the comment at the top: the proxy, and the URL and address of each bot. */
export function heading(proxy: ProxyName, { sites, listen, passthrough }: ProxyPlan): string[] {
  const bots = sites.flatMap(({ host, routes }) =>
    routes.map(({ path = "", server }) => `#   https://${host}${path} → ${addressText(server)}`),
  )
  const portAdvice = `# Telegram calls only the ports ${webhookPorts.join(", ")}: forward one of them to ${listen.port}.`
  return [
    `# ${proxy} in front of Telegram bots, written by \`sounder proxy ${proxy}\`.`,
    `# ${passthrough ? "The bots terminate" : "The proxy terminates"} TLS. The bots:`,
    ...bots,
    ...(webhookPorts.includes(listen.port) ? [] : [portAdvice]),
    "",
  ]
}

/** Returns lines with one more level of indentation. */
export function indented(lines: readonly string[], by = "    "): string[] {
  return lines.map((line) => (line === "" ? line : `${by}${line}`))
}

/** Joins blocks of lines, with an empty line between two blocks. */
export function separated(...blocks: readonly (readonly string[])[]): string[] {
  const filled = blocks.filter((block) => block.length > 0)
  return filled.flatMap((block, index) => (index === 0 ? block : ["", ...block]))
}

/** Returns a regular expression for a path and all paths below it. */
export function pathPattern(path: string): string {
  return `^${path.replaceAll(".", String.raw`\.`)}(/|$)`
}

function addressText(address: ProxyAddress): string {
  return address.kind === "unix" ? `unix:${address.path}` : hostAndPort(address)
}
