import { heading, indented, maxBodyBytes, timeoutSeconds, separated } from "./configuration-text.js"
import { hostAndPort, isName, type ProxyAddress } from "./proxy-address.js"
import type { ProxyPlan, ProxyRoute, ProxySite } from "./proxy-plan.js"

/** Returns a complete `haproxy.cfg` for haproxy 2.4 and newer. */
export function haproxyConfiguration(plan: ProxyPlan): string {
  const routes = plan.sites.flatMap((site) => site.routes)
  const lines = separated(
    [...heading("haproxy", plan), ...globalSection(plan)],
    defaultsSection(plan),
    resolversSection(plan),
    plan.passthrough ? passthroughFrontend(plan) : frontend(plan),
    ...routes.map((route) => backend(route, plan)),
    statsFrontend(plan),
  )
  return `${lines.join("\n")}\n`
}

function globalSection({ user, passthrough }: ProxyPlan): string[] {
  return section("global", [
    "maxconn 4096",
    ...(user === undefined ? [] : [`user ${user}`]),
    ...(passthrough ? [] : ["ssl-default-bind-options ssl-min-ver TLSv1.2"]),
  ])
}

function defaultsSection({ passthrough, keepAlive }: ProxyPlan): string[] {
  const timeout = `${timeoutSeconds}s`
  const http = [
    `timeout http-request ${timeout}`,
    `timeout http-keep-alive ${timeout}`,
    ...(keepAlive
      ? [
          "# Opens a connection per request: never uses one that the bot is about to close.",
          "option http-server-close",
        ]
      : ["option httpclose"]),
    "# A reload closes an idle connection only after one more answer: no request is lost.",
    "option idle-close-on-response",
  ]
  return section("defaults", [
    `mode ${passthrough ? "tcp" : "http"}`,
    "timeout connect 5s",
    `timeout client ${timeout}`,
    `timeout server ${timeout}`,
    "# Gives a bot five seconds to restart.",
    "retries 5",
    ...(passthrough ? [] : http),
  ])
}

function frontend({ listen, sites, certificates }: ProxyPlan): string[] {
  if (certificates === undefined) {
    throw new TypeError(
      "Expected the `certificates` option, a folder with a file HOST.pem for each host: haproxy has " +
        "to terminate TLS. Or let the bots terminate TLS (`passthrough`).",
    )
  }
  // haproxy sends the first certificate to clients without a server name (SNI): the IP address's certificate.
  const address = sites.find(({ isAddress }) => isAddress)
  const certificateArguments = address
    ? `crt ${address.certificate} crt ${certificates}`
    : `crt ${certificates}`
  const strictSni = address ? "" : " strict-sni"
  return section("frontend telegram", [
    `bind ${hostAndPort(listen)} ssl ${certificateArguments}${strictSni}`,
    `http-request deny deny_status 413 if { req.body_size gt ${maxBodyBytes} }`,
    "# With `trustedProxies: 1` the bots read the client's address from this header.",
    "http-request set-header X-Forwarded-For %[src]",
    "http-request set-header X-Forwarded-Proto https",
    ...sites.flatMap(siteRules),
    "# Closes the connection of a client that asks for an unknown host or path.",
    "http-request reject unless { var(txn.bot) -m found }",
    "use_backend %[var(txn.bot)]",
  ])
}

function siteRules({ host, isAddress, routes }: ProxySite): string[] {
  const isHost = isAddress
    ? `!{ ssl_fc_has_sni } { req.hdr(host),field(1,:) ${host} }`
    : `{ ssl_fc_sni -i ${host} }`
  return routes.flatMap(({ name, path }) => {
    const set = `http-request set-var(txn.bot) str(${name}) if !{ var(txn.bot) -m found } ${isHost}`
    return path === undefined ? [set] : [`${set} { path ${path} }`, `${set} { path_beg ${path}/ }`]
  })
}

function passthroughFrontend({ listen, sites }: ProxyPlan): string[] {
  const rules = sites.flatMap(({ host, routes }) =>
    routes.map(({ name }) => `use_backend ${name} if { req.ssl_sni -i ${host} }`),
  )
  return section("frontend telegram", [
    `bind ${hostAndPort(listen)}`,
    "# Waits for the server name (SNI), and closes connections with an unknown one.",
    "tcp-request inspect-delay 10s",
    "tcp-request content accept if { req.ssl_hello_type 1 }",
    "tcp-request content reject",
    ...rules,
  ])
}

function resolversSection({ resolver }: ProxyPlan): string[] {
  if (resolver === undefined) return []
  const address = resolver.includes(":") ? resolver : `${resolver}:53`
  return section("resolvers names", [`nameserver dns ${address}`, "hold valid 10s", "hold nx 1s"])
}

function backend({ name, server }: ProxyRoute, { proxyProtocol, resolver }: ProxyPlan): string[] {
  const header = proxyProtocol ? " send-proxy-v2" : ""
  const hint = proxyProtocol ? ["# The bot needs `proxyProtocol: true` for this header."] : []
  // With a resolver, haproxy starts even if DNS does not know the name yet, and notices a new address.
  const isResolved = resolver !== undefined && server.kind === "tcp" && isName(server)
  const lookup = isResolved ? " resolvers names resolve-prefer ipv4 init-addr last,libc,none" : ""
  const line = `server bot ${serverAddress(server)}${header}${lookup}`
  return section(`backend ${name}`, [...hint, line])
}

function serverAddress(server: ProxyAddress): string {
  return server.kind === "unix" ? `unix@${server.path}` : hostAndPort(server)
}

function statsFrontend({ stats }: ProxyPlan): string[] {
  if (stats === undefined) return []
  return section("frontend stats", [
    "mode http",
    `bind ${hostAndPort(stats)}`,
    "timeout http-request 10s",
    "http-request return status 200 if { path /health }",
    "stats enable",
    "stats uri /",
  ])
}

function section(title: string, lines: readonly string[]): string[] {
  return [title, ...indented(lines)]
}
