import {
  heading,
  indented,
  maxBodyBytes,
  pathPattern,
  timeoutSeconds,
  separated,
} from "./configuration-text.js"
import { hostAndPort, type ProxyAddress } from "./proxy-address.js"
import type { ProxyPlan, ProxyRoute, ProxySite } from "./proxy-plan.js"

const modules = [
  ...["mpm_event", "authz_core", "ssl", "proxy", "proxy_http", "headers", "reqtimeout", "rewrite"],
  "status",
]

/** Returns a complete `apache2.conf` for Apache 2.4.34 and newer. */
export function apacheConfiguration(plan: ProxyPlan): string {
  if (plan.passthrough) {
    throw new TypeError(
      "Apache cannot pass TLS through: let Apache terminate TLS, or use haproxy or nginx.",
    )
  }
  const lines = separated(
    [...heading("apache", plan), ...moduleLines()],
    processLines(plan),
    limitLines(plan),
    forwardingLines(),
    unknownHosts(plan),
    ...plan.sites.map((site) => siteBlock(site, plan)),
    statsBlock(plan),
  )
  return `${lines.join("\n")}\n`
}

function moduleLines(): string[] {
  return [
    "# The folder of Debian and Ubuntu; on Red Hat, /etc/httpd/modules.",
    "Define MODULES /usr/lib/apache2/modules",
    ...modules.map((name) => `LoadModule ${name}_module \${MODULES}/mod_${name}.so`),
  ]
}

function processLines({ user = "www-data", listen }: ProxyPlan): string[] {
  return [
    `User ${user}`,
    `Group ${user}`,
    "PidFile /run/apache2/apache2.pid",
    "ErrorLog /var/log/apache2/error.log",
    "# Names and paths stay out of logs: they may be secret.",
    "LogLevel crit",
    "ServerName localhost",
    "ServerTokens Prod",
    "TraceEnable Off",
    `Listen ${hostAndPort(listen)}`,
  ]
}

function limitLines({ keepAlive }: ProxyPlan): string[] {
  return [
    "SSLProtocol -all +TLSv1.2 +TLSv1.3",
    `Timeout ${timeoutSeconds}`,
    `RequestReadTimeout header=${timeoutSeconds} body=${timeoutSeconds}`,
    ...(keepAlive
      ? ["KeepAlive On", `KeepAliveTimeout ${timeoutSeconds}`, "MaxKeepAliveRequests 0"]
      : [
          "# One connection per request: a reload finds no idle connection to close.",
          "KeepAlive Off",
        ]),
  ]
}

function forwardingLines(): string[] {
  return [
    "ProxyPreserveHost On",
    "# With `trustedProxies: 1` the bots read the client's address from this header.",
    "ProxyAddHeaders Off",
    'RequestHeader set X-Forwarded-For "expr=%{REMOTE_ADDR}"',
    "RequestHeader set X-Forwarded-Proto https",
  ]
}

/**
 * Returns the virtual host for unknown host names, which has to be the first. The host answers 403, because
 * Apache cannot close a connection without an answer.
 */
function unknownHosts({ sites, listen }: ProxyPlan): string[] {
  const address = sites.find(({ isAddress }) => isAddress)
  const site = address ?? sites[0]
  // Clients that call an IP address send no host name in the handshake.
  const strictSni = address ? [] : ["SSLStrictSNIVHostCheck On"]
  return block(`VirtualHost *:${listen.port}`, [
    "# Refuses clients that ask for an unknown host name.",
    "ServerName nobody.invalid",
    ...tlsLines(site),
    ...strictSni,
    ...block("Location /", ["Require all denied"]),
  ])
}

function siteBlock(site: ProxySite, { listen }: ProxyPlan): string[] {
  return block(`VirtualHost *:${listen.port}`, [
    `ServerName ${site.host}`,
    ...tlsLines(site),
    // Apache does not apply LimitRequestBody to forwarded requests.
    "RewriteEngine On",
    `RewriteCond expr "%{HTTP:Content-Length} -gt ${maxBodyBytes}"`,
    "RewriteRule ^ - [R=413,L]",
    ...block("Location /", ["Require all denied"]),
    ...site.routes.flatMap(routeLines),
  ])
}

function tlsLines(site: ProxySite | undefined): string[] {
  if (site?.certificate === undefined) {
    throw new TypeError(
      "Expected the `certificates` option, a folder with a file HOST.pem for each host: Apache has to " +
        "terminate TLS.",
    )
  }
  const { certificate } = site
  return [
    "SSLEngine On",
    `SSLCertificateFile ${certificate}`,
    `SSLCertificateKeyFile ${certificate}`,
  ]
}

/**
 * Returns the lines that forward a route. Each request opens a connection to the bot: Apache then
 * resolves the bot's name again, and never uses a connection that the bot is about to close.
 */
function routeLines({ path, server }: ProxyRoute): string[] {
  const container = path === undefined ? "Location /" : `LocationMatch "${pathPattern(path)}"`
  const options = `nocanon retry=0 connectiontimeout=5 timeout=${timeoutSeconds} disablereuse=On`
  return [
    ...block(container, ["Require all granted"]),
    `ProxyPass ${path ?? "/"} ${target(server)}${path ?? "/"} ${options}`,
  ]
}

function target(server: ProxyAddress): string {
  return server.kind === "unix"
    ? `unix:${server.path}|http://localhost`
    : `http://${hostAndPort(server)}`
}

function statsBlock({ stats }: ProxyPlan): string[] {
  if (stats === undefined) return []
  return [
    `Listen ${hostAndPort(stats)}`,
    ...block(`VirtualHost ${hostAndPort(stats)}`, [
      "RewriteEngine On",
      "RewriteRule ^/health$ - [R=200,L]",
      ...block("Location /", ["SetHandler server-status"]),
    ]),
  ]
}

function block(title: string, lines: readonly string[]): string[] {
  const [name = ""] = title.split(" ")
  return [`<${title}>`, ...indented(lines), `</${name}>`]
}
