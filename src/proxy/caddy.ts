import { heading, indented, pathPattern, timeoutSeconds, separated } from "./configuration-text.js"
import { hostAndPort, type ProxyAddress } from "./proxy-address.js"
import type { ProxyPlan, ProxyRoute, ProxySite } from "./proxy-plan.js"

/** Returns a complete `Caddyfile` for Caddy 2.6 and newer. */
export function caddyConfiguration(plan: ProxyPlan): string {
  if (plan.passthrough) {
    throw new TypeError(
      "Caddy needs the plugin layer4 to pass TLS through: let Caddy terminate TLS, or use haproxy or nginx.",
    )
  }
  const address = plan.sites.find(({ isAddress }) => isAddress)?.host
  if (plan.certificates === undefined && address !== undefined) {
    throw new TypeError(
      `Expected the \`certificates\` option: Caddy cannot get a certificate for the address ${address}.`,
    )
  }
  if (plan.user !== undefined) {
    throw new TypeError(
      "Expected no `user` option with Caddy: Caddy runs as the user that starts it.",
    )
  }
  const blocks = separated(
    [...heading("caddy", plan), ...globalBlock(plan)],
    ...plan.sites.map((site) => siteBlock(site, plan)),
    unknownHosts(plan),
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
        `read_header ${timeoutSeconds}s`,
        `read_body ${timeoutSeconds}s`,
        `write ${2 * timeoutSeconds}s`,
        `idle ${timeoutSeconds}s`,
      ]),
    ]),
  ])
}

function siteBlock({ host, certificate, routes }: ProxySite, plan: ProxyPlan): string[] {
  const { listen, keepAlive } = plan
  const hasOtherPaths = routes.every(({ path }) => path !== undefined)
  return block(`https://${host}:${listen.port}`, [
    ...bindLines(listen),
    ...(certificate === undefined ? [] : [`tls ${certificate} ${certificate}`]),
    ...block("request_body", ["max_size 1MiB"]),
    ...(keepAlive
      ? []
      : [
          "# One connection per request: a reload finds no idle connection to close.",
          "header Connection close",
        ]),
    ...routes.flatMap(routeLines),
    ...(hasOtherPaths ? block("handle", ["abort"]) : []),
  ])
}

/**
 * Returns the site for unknown host names, which closes the connection. Without it, Caddy would answer
 * 200, and Telegram would count an update as delivered.
 */
function unknownHosts({ sites, listen }: ProxyPlan): string[] {
  const certificate = sites.find(({ isAddress }) => isAddress)?.certificate
  return block(`https://:${listen.port}`, [
    ...bindLines(listen),
    ...(certificate === undefined ? [] : [`tls ${certificate} ${certificate}`]),
    "# Closes the connection of a client that asks for an unknown host name.",
    "abort",
  ])
}

function bindLines({ host }: ProxyPlan["listen"]): string[] {
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
 * Returns the block that forwards requests. Caddy replaces X-Forwarded-For with the client's address
 * without configuration; with `trustedProxies: 1` the bots read the address from this header.
 */
function proxyLines(server: ProxyAddress): string[] {
  const address = server.kind === "unix" ? `unix/${server.path}` : hostAndPort(server)
  return block(`reverse_proxy ${address}`, [
    ...block("transport http", [
      "dial_timeout 5s",
      `response_header_timeout ${timeoutSeconds}s`,
      "# Opens a connection per request: never uses one that the bot is about to close.",
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
