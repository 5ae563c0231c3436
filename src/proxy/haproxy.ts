import {
  heading,
  indented,
  maxBodyBytes,
  patienceSeconds,
  separated,
} from "./configuration-text.js"
import { hostAndPort, isName, type ProxyAddress } from "./proxy-address.js"
import type { ProxyPlan, ProxyRoute, ProxySite } from "./proxy-plan.js"

/** The whole `haproxy.cfg`, for haproxy 2.4 and newer. */
export function haproxyConfiguration(plan: ProxyPlan): string {
  const routes = plan.sites.flatMap((site) => site.routes)
  const lines = separated(
    [...heading("haproxy", plan), ...globalSection(plan)],
    defaultsSection(plan),
    resolversSection(plan),
    plan.passthrough ? passingFrontend(plan) : frontend(plan),
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
  const patience = `${patienceSeconds}s`
  const http = [
    `timeout http-request ${patience}`,
    `timeout http-keep-alive ${patience}`,
    ...(keepAlive
      ? [
          "# A connection to a bot that it may be about to close is never used.",
          "option http-server-close",
        ]
      : ["option httpclose"]),
    "# A reload ends idle connections only after their next answer: no request is lost.",
    "option idle-close-on-response",
  ]
  return section("defaults", [
    `mode ${passthrough ? "tcp" : "http"}`,
    "timeout connect 5s",
    `timeout client ${patience}`,
    `timeout server ${patience}`,
    "# A bot that is being restarted has five seconds.",
    "retries 5",
    ...(passthrough ? [] : http),
  ])
}

function frontend({ listen, sites, certificates }: ProxyPlan): string[] {
  if (certificates === undefined) {
    throw new TypeError(
      "Expected the `certificates` option, the folder with a HOST.pem for each host: haproxy has " +
        "to take TLS off. Or pass it on (`passthrough`).",
    )
  }
  // Who names no host is shown the first certificate, and then only its requests can be chosen.
  const address = sites.find(({ isAddress }) => isAddress)
  const shown = address ? `crt ${address.certificate} crt ${certificates}` : `crt ${certificates}`
  const strictly = address ? "" : " strict-sni"
  return section("frontend telegram", [
    `bind ${hostAndPort(listen)} ssl ${shown}${strictly}`,
    `http-request deny deny_status 413 if { req.body_size gt ${maxBodyBytes} }`,
    "# The bots know who calls with `trustedProxies: 1`.",
    "http-request set-header X-Forwarded-For %[src]",
    "http-request set-header X-Forwarded-Proto https",
    ...sites.flatMap(siteRules),
    "# Who asks for anything else gets no answer.",
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

function passingFrontend({ listen, sites }: ProxyPlan): string[] {
  const rules = sites.flatMap(({ host, routes }) =>
    routes.map(({ name }) => `use_backend ${name} if { req.ssl_sni -i ${host} }`),
  )
  return section("frontend telegram", [
    `bind ${hostAndPort(listen)}`,
    "# Waits for the name that is asked for; whoever asks for none of these is cut off.",
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
  const announced = proxyProtocol ? " send-proxy-v2" : ""
  const hint = proxyProtocol ? ["# The bot expects it with `proxyProtocol: true`."] : []
  // It starts while the name is unknown, and follows when that leads elsewhere.
  const isAsked = resolver !== undefined && server.kind === "tcp" && isName(server)
  const asked = isAsked ? " resolvers names resolve-prefer ipv4 init-addr last,libc,none" : ""
  const line = `server bot ${serverAddress(server)}${announced}${asked}`
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
