import { isIPv4 } from "node:net"
import { expectHost } from "../certificate/host.js"
import {
  expectOptionsObject,
  expectText,
  type OptionNames,
  unexpectedOption,
} from "../ground/expect-option.js"
import {
  expectAbsolutePath,
  expectServer,
  expectTcpAddress,
  isName,
  type ProxyAddress,
} from "./proxy-address.js"
import type { ProxyBot, ProxyOptions } from "./proxy-options.js"

/** The checked options of a proxy, with the bots grouped by host. See {@link ProxyOptions}. */
export interface ProxyPlan {
  readonly listen: ProxyAddress & { kind: "tcp" }
  /** The hosts, in the order of their first bots. */
  readonly sites: readonly ProxySite[]
  /** The folder or file of the certificates. */
  readonly certificates: string | undefined
  readonly passthrough: boolean
  readonly proxyProtocol: boolean
  readonly keepAlive: boolean
  readonly stats: (ProxyAddress & { kind: "tcp" }) | undefined
  readonly user: string | undefined
  /** The DNS server, as in `127.0.0.11`; `undefined` if names are resolved once, at the start. */
  readonly resolver: string | undefined
}

/** A host and the bots behind it. */
export interface ProxySite {
  readonly host: string
  /** True if the host is an IP address, for which clients send no server name (SNI). */
  readonly isAddress: boolean
  /** The path of the file with the host's certificate and key. */
  readonly certificate: string | undefined
  /** The routes to the host's bots, the longest path first. */
  readonly routes: readonly ProxyRoute[]
}

/** The route to one bot. */
export interface ProxyRoute {
  /** The unique name of the route, of letters, digits, dots, `_` and `-`. */
  readonly name: string
  /** The path without a slash at its end; `undefined` for all paths without another route. */
  readonly path: string | undefined
  /** The address of the bot. */
  readonly server: ProxyAddress
}

const optionNames: OptionNames<ProxyOptions> = {
  bots: true,
  certificates: true,
  listen: true,
  passthrough: true,
  proxyProtocol: true,
  keepAlive: true,
  stats: true,
  user: true,
  resolver: true,
}

/** Checks options and groups bots by host. Throws a `TypeError` for wrong options. */
export function proxyPlan(options: ProxyOptions): ProxyPlan {
  expectOptionsObject(options, 'proxyConfiguration("haproxy", { bots })', optionNames)
  const { bots, certificates, listen = "0.0.0.0:443", stats, user } = options
  const { passthrough = false, proxyProtocol = false, keepAlive = true } = options
  if (!Array.isArray(bots) || bots.length === 0) unexpectedOption("bots", "at least one bot", bots)
  if (certificates !== undefined) expectAbsolutePath("certificates", certificates)
  const plan: ProxyPlan = {
    listen: expectTcpAddress("listen", listen),
    sites: sitesOf(bots, certificates),
    certificates,
    passthrough,
    proxyProtocol,
    keepAlive,
    stats: stats === undefined ? undefined : expectTcpAddress("stats", stats),
    user: user === undefined ? undefined : expectUser(user),
    resolver: resolverOf(options),
  }
  expectOneAddress(plan)
  if (passthrough && !keepAlive) {
    throw new TypeError(
      "Expected no `keepAlive: false` with `passthrough`: the bots decide about their connections.",
    )
  }
  if (passthrough) expectPassable(plan)
  else if (proxyProtocol) {
    throw new TypeError(
      "Expected the `proxyProtocol` option only with `passthrough`: without `passthrough` the proxy " +
        "sends the client's address in the header X-Forwarded-For.",
    )
  }
  return plan
}

function sitesOf(bots: readonly ProxyBot[], certificates: string | undefined): ProxySite[] {
  const routes = new Map<string, ProxyRoute[]>()
  for (const [index, bot] of bots.entries()) {
    const host = expectSite(bot.host)
    const path = expectPath(bot.path)
    const server = expectServer("server", bot.server)
    const hostRoutes = routes.get(host) ?? []
    if (hostRoutes.some((other) => other.path === path)) throw duplicateUrl(host, path)
    routes.set(host, [...hostRoutes, { name: nameOf(index, host, path), path, server }])
  }
  return [...routes].map(([host, hostRoutes]) => ({
    host,
    isAddress: isIPv4(host),
    certificate: certificateOf(host, certificates),
    routes: hostRoutes.toSorted((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0)),
  }))
}

/** The address of Docker's built-in DNS server. */
const dockerResolver = "127.0.0.11"

function resolverOf({ resolver, bots }: ProxyOptions): string | undefined {
  if (resolver !== undefined) return expectResolver(resolver)
  const servers = bots.map(({ server }) => expectServer("server", server))
  return servers.some(isContainer) ? dockerResolver : undefined
}

function expectResolver(value: unknown): string {
  const address = typeof value === "string" ? value : ""
  const [, host = ""] = /^(.*?)(?::\d{1,5})?$/.exec(address) ?? []
  if (isIPv4(host)) return address
  return unexpectedOption("resolver", "the IPv4 address of a DNS server, such as 127.0.0.11", value)
}

/** Returns true for a host name without a dot, as containers have. */
function isContainer(server: ProxyAddress): boolean {
  return server.kind === "tcp" && isName(server) && !server.host.includes(".")
}

function expectSite(value: unknown): string {
  const host = expectHost("host", value)
  if (!host.startsWith("*")) return host
  throw new TypeError(
    `Expected the \`host\` option to be one host, got ${host}: give the host of each bot. All hosts may ` +
      "share a wildcard certificate.",
  )
}

function expectPath(value: unknown): string | undefined {
  if (value === undefined || value === "/") return undefined
  if (typeof value === "string" && /^(\/[\w.~:-]+)+\/?$/.test(value))
    return value.replace(/\/$/, "")
  return unexpectedOption("path", "a path like /bot1, of letters, digits and . _ ~ : -", value)
}

function expectUser(value: unknown): string {
  const user = expectText("user", value)
  if (/^[a-z_][\w-]*$/i.test(user)) return user
  return unexpectedOption("user", "the name of a system user", value)
}

function duplicateUrl(host: string, path = ""): TypeError {
  return new TypeError(
    `Expected each bot to have its own URL, but two bots have ${host}${path}. Give them different hosts ` +
      `or different paths, as in ${host}/bot1 and ${host}/bot2.`,
  )
}

/**
 * Returns the name of a route. The number of the bot keeps names unique if two paths differ only in
 * characters that are replaced.
 */
function nameOf(index: number, host: string, path = ""): string {
  return `bot${index + 1}_${host}${path.replaceAll(/[^\w.-]/g, "_")}`
}

function certificateOf(host: string, certificates: string | undefined): string | undefined {
  if (certificates === undefined || certificates.endsWith(".pem")) return certificates
  return `${certificates.replace(/\/$/, "")}/${host}.pem`
}

/** Throws for a second IP address: without a server name (SNI), a proxy cannot choose the certificate. */
function expectOneAddress({ sites }: ProxyPlan): void {
  const [first, second] = sites.filter(({ isAddress }) => isAddress)
  if (!first || !second) return
  throw new TypeError(
    `Expected the bots to have at most one IP address, got ${first.host} and ${second.host}: run a ` +
      "proxy for each address, or use host names.",
  )
}

/** Throws for a plan that cannot pass TLS through: the proxy can then read only the server name (SNI). */
function expectPassable({ sites, certificates }: ProxyPlan): void {
  if (certificates !== undefined) {
    throw new TypeError(
      "Expected no `certificates` option with `passthrough`: the bots terminate TLS, with their own " +
        "certificates.",
    )
  }
  for (const { host, isAddress, routes } of sites) {
    if (isAddress) {
      throw new TypeError(
        `Expected a host name with \`passthrough\`, got the address ${host}: clients send no server ` +
          "name (SNI) for an address.",
      )
    }
    if (routes.some(({ path }) => path !== undefined)) {
      throw new TypeError(
        `The proxy cannot read the path of ${host} with \`passthrough\`: give each bot its own host ` +
          "name, or let the proxy terminate TLS.",
      )
    }
  }
}
