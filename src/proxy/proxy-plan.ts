import { isIPv4 } from "node:net"
import { expectHost } from "../certificate/host.js"
import { expectText, unexpectedOption } from "../ground/expect-option.js"
import {
  expectAbsolutePath,
  expectServer,
  expectTcpAddress,
  isName,
  type ProxyAddress,
} from "./proxy-address.js"
import type { ProxyBot, ProxyOptions } from "./proxy-options.js"

/** Options that have been found right, in the order in which a proxy has to look at them. */
export interface ProxyPlan {
  readonly listen: ProxyAddress & { kind: "tcp" }
  readonly sites: readonly ProxySite[]
  /** The folder or file of the certificates. */
  readonly certificates: string | undefined
  readonly passthrough: boolean
  readonly proxyProtocol: boolean
  readonly keepAlive: boolean
  readonly stats: (ProxyAddress & { kind: "tcp" }) | undefined
  readonly user: string | undefined
  /** The DNS server to be asked again and again, as `127.0.0.11`; `undefined` where nobody is. */
  readonly resolver: string | undefined
}

/** One host with the bots behind it. */
export interface ProxySite {
  readonly host: string
  /** Whether it is an IP address: TLS names no host then. */
  readonly isAddress: boolean
  /** The file of its certificate and key. */
  readonly certificate: string | undefined
  /** The longest path first. */
  readonly routes: readonly ProxyRoute[]
}

/** The way to one bot. */
export interface ProxyRoute {
  /** Different for each route, of letters, digits, dots, `_` and `-`. */
  readonly name: string
  /** The path without a slash at its end; `undefined` for whatever is left. */
  readonly path: string | undefined
  readonly server: ProxyAddress
}

/** @throws TypeError for options that cannot be right */
export function proxyPlan(options: ProxyOptions): ProxyPlan {
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
    throw new TypeError("Expected no `keepAlive` option beside `passthrough`: it is the bots' own.")
  }
  if (passthrough) expectPassable(plan)
  else if (proxyProtocol) {
    throw new TypeError(
      "Expected the `proxyProtocol` option only beside `passthrough`: without it the client's " +
        "address is in X-Forwarded-For.",
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
    const before = routes.get(host) ?? []
    if (before.some((other) => other.path === path)) throw twice(host, path)
    routes.set(host, [...before, { name: nameOf(index, host, path), path, server }])
  }
  return [...routes].map(([host, found]) => ({
    host,
    isAddress: isIPv4(host),
    certificate: certificateOf(host, certificates),
    routes: found.toSorted((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0)),
  }))
}

/** The DNS server inside every network of Docker's. */
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
  return unexpectedOption("resolver", "the IPv4 address of a DNS server, as 127.0.0.11", value)
}

/** A name without a dot is that of a container. */
function isContainer(server: ProxyAddress): boolean {
  return server.kind === "tcp" && isName(server) && !server.host.includes(".")
}

function expectSite(value: unknown): string {
  const host = expectHost("host", value)
  if (!host.startsWith("*")) return host
  throw new TypeError(
    `Expected the \`host\` option to be one host, got ${host}: name each bot's own. The ` +
      "certificate may still be one for all of them.",
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
  return unexpectedOption("user", "the name of a user of the system", value)
}

function twice(host: string, path = ""): TypeError {
  return new TypeError(
    `Expected each bot to have a URL of its own, but ${host}${path} is there twice. Give them ` +
      `different hosts, or paths, as in ${host}/bot1 and ${host}/bot2.`,
  )
}

/** Two bots never have the same name: the number tells apart what looks alike. */
function nameOf(index: number, host: string, path = ""): string {
  return `bot${index + 1}_${host}${path.replaceAll(/[^\w.-]/g, "_")}`
}

function certificateOf(host: string, certificates: string | undefined): string | undefined {
  if (certificates === undefined || certificates.endsWith(".pem")) return certificates
  return `${certificates.replace(/\/$/, "")}/${host}.pem`
}

/** TLS names no host for an address, so there is no choice between certificates. */
function expectOneAddress({ sites }: ProxyPlan): void {
  const [first, second] = sites.filter(({ isAddress }) => isAddress)
  if (!first || !second) return
  throw new TypeError(
    `Expected the bots to have one IP address at most, got ${first.host} and ${second.host}: run a ` +
      "proxy for each, or use names.",
  )
}

/** What passes TLS on sees nothing but the name that is asked for. */
function expectPassable({ sites, certificates }: ProxyPlan): void {
  if (certificates !== undefined) {
    throw new TypeError(
      "Expected no `certificates` option beside `passthrough`: the bots take TLS off, and have the " +
        "certificates.",
    )
  }
  for (const { host, isAddress, routes } of sites) {
    if (isAddress) throw new TypeError(`TLS names no host for ${host}: passing it on needs a name.`)
    if (routes.some(({ path }) => path !== undefined)) {
      throw new TypeError(
        `A path of ${host} cannot be seen where TLS is passed on: give each bot a name of its own, ` +
          "or let the proxy take TLS off.",
      )
    }
  }
}
