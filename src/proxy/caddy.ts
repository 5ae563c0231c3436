import { heading, indented, pathPattern, patienceSeconds, separated } from "./configuration-text.js"
import { hostAndPort, type ProxyAddress } from "./proxy-address.js"
import type { ProxyPlan, ProxyRoute, ProxySite } from "./proxy-plan.js"

/** The whole `Caddyfile`, for Caddy 2.6 and newer. */
export function caddyConfiguration(plan: ProxyPlan): string {
  if (plan.passthrough) {
    throw new TypeError(
      "Caddy passes TLS on only with the plugin layer4: let it take TLS off, or use haproxy or nginx.",
    )
  }
  const address = plan.sites.find(({ isAddress }) => isAddress)?.host
  if (plan.certificates === undefined && address !== undefined) {
    throw new TypeError(
      `Expected the \`certificates\` option: Caddy gets no certificate for ${address} by itself.`,
    )
  }
  if (plan.user !== undefined) {
    throw new TypeError("Expected no `user` option with Caddy: it runs as whoever starts it.")
  }
  const blocks = separated(
    [...heading("caddy", plan), ...globalBlock(plan)],
    ...plan.sites.map((site) => siteBlock(site, plan)),
    nobody(plan),
    statsSite(plan),
  )
  return `${blocks.join("\n")}\n`
}

function globalBlock({ sites, certificates, stats }: ProxyPlan): string[] {
  const address = sites.find(({ isAddress }) => isAddress)?.host
  return block("", [
    ...(certificates === undefined ? [] : ["auto_https off"]),
    ...(address === undefined ? [] : [`default_sni ${address}`]),
    ...block("servers", [
      "# Telegram speaks HTTP/1.1.",
      "protocols h1",
      ...(stats === undefined ? [] : ["metrics"]),
      ...block("timeouts", [
        `read_header ${patienceSeconds}s`,
        `read_body ${patienceSeconds}s`,
        `write ${2 * patienceSeconds}s`,
        `idle ${patienceSeconds}s`,
      ]),
    ]),
  ])
}

function siteBlock({ host, certificate, routes }: ProxySite, plan: ProxyPlan): string[] {
  const { listen, keepAlive } = plan
  const isLeftOver = routes.every(({ path }) => path !== undefined)
  return block(`https://${host}:${listen.port}`, [
    ...bound(listen),
    ...(certificate === undefined ? [] : [`tls ${certificate} ${certificate}`]),
    ...block("request_body", ["max_size 1MiB"]),
    ...(keepAlive
      ? []
      : [
          "# Each request has a connection of its own: a reload has none to close.",
          "header Connection close",
        ]),
    ...routes.flatMap(routeLines),
    ...(isLeftOver ? block("handle", ["abort"]) : []),
  ])
}

/** Without it, Caddy would answer 200 for other names, and Telegram take its update for delivered. */
function nobody({ sites, listen }: ProxyPlan): string[] {
  const certificate = sites.find(({ isAddress }) => isAddress)?.certificate
  return block(`https://:${listen.port}`, [
    ...bound(listen),
    ...(certificate === undefined ? [] : [`tls ${certificate} ${certificate}`]),
    "# Who asks for any other name gets no answer.",
    "abort",
  ])
}

function bound({ host }: ProxyPlan["listen"]): string[] {
  return host === "0.0.0.0" ? [] : [`bind ${host}`]
}

function routeLines({ name, path, server }: ProxyRoute): string[] {
  if (path === undefined) return block("handle", proxyLines(server))
  const matcher = `@${name}`
  return [
    `${matcher} path_regexp ${pathPattern(path)}`,
    ...block(`handle ${matcher}`, proxyLines(server)),
  ]
}

/**
 * X-Forwarded-For is set by Caddy itself, and what comes in from outside is thrown away. The bots know
 * who calls with `trustedProxies: 1`.
 */
function proxyLines(server: ProxyAddress): string[] {
  const address = server.kind === "unix" ? `unix/${server.path}` : hostAndPort(server)
  return block(`reverse_proxy ${address}`, [
    ...block("transport http", [
      "dial_timeout 5s",
      `response_header_timeout ${patienceSeconds}s`,
      "# A connection to a bot that it may be about to close is never used.",
      "keepalive off",
      "compression off",
    ]),
  ])
}

function statsSite({ stats }: ProxyPlan): string[] {
  if (stats === undefined) return []
  return block(`http://:${stats.port}`, [
    `bind ${stats.host}`,
    "respond /health 200",
    "metrics /metrics",
  ])
}

function block(title: string, lines: readonly string[]): string[] {
  return [title === "" ? "{" : `${title} {`, ...indented(lines, "\t"), "}"]
}
