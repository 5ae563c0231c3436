import {
  heading,
  indented,
  maxBodyBytes,
  pathPattern,
  patienceSeconds,
  separated,
} from "./configuration-text.js"
import { hostAndPort, type ProxyAddress } from "./proxy-address.js"
import type { ProxyPlan, ProxyRoute, ProxySite } from "./proxy-plan.js"

const modules = [
  ...["mpm_event", "authz_core", "ssl", "proxy", "proxy_http", "headers", "reqtimeout", "rewrite"],
  "status",
]

/** Writes the whole `apache2.conf`, for Apache 2.4.34 and newer. */
export function apacheConfiguration(plan: ProxyPlan): string {
  if (plan.passthrough) {
    throw new TypeError(
      "Apache does not pass TLS on: let it take TLS off, or use haproxy or nginx.",
    )
  }
  const lines = separated(
    [...heading("apache", plan), ...moduleLines()],
    processLines(plan),
    limitLines(plan),
    forwardingLines(),
    nobody(plan),
    ...plan.sites.map((site) => siteBlock(site, plan)),
    statsBlock(plan),
  )
  return `${lines.join("\n")}\n`
}

function moduleLines(): string[] {
  return [
    "# Of Debian and Ubuntu; Red Hat has /etc/httpd/modules.",
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
    `Timeout ${patienceSeconds}`,
    `RequestReadTimeout header=${patienceSeconds} body=${patienceSeconds}`,
    ...(keepAlive
      ? ["KeepAlive On", `KeepAliveTimeout ${patienceSeconds}`, "MaxKeepAliveRequests 0"]
      : [
          "# Each request has a connection of its own: a reload has none to close.",
          "KeepAlive Off",
        ]),
  ]
}

function forwardingLines(): string[] {
  return [
    "ProxyPreserveHost On",
    "# The bots know who calls with `trustedProxies: 1`.",
    "ProxyAddHeaders Off",
    'RequestHeader set X-Forwarded-For "expr=%{REMOTE_ADDR}"',
    "RequestHeader set X-Forwarded-Proto https",
  ]
}

/** The first one is for every name that no other has. Apache cannot end a connection without a word. */
function nobody({ sites, listen }: ProxyPlan): string[] {
  const address = sites.find(({ isAddress }) => isAddress)
  const site = address ?? sites[0]
  // Clients of an address name no host in TLS.
  const strictly = address ? [] : ["SSLStrictSNIVHostCheck On"]
  return block(`VirtualHost *:${listen.port}`, [
    "# Clients that ask for any other name are refused.",
    "ServerName nobody.invalid",
    ...tlsLines(site),
    ...strictly,
    ...block("Location /", ["Require all denied"]),
  ])
}

function siteBlock(site: ProxySite, { listen }: ProxyPlan): string[] {
  return block(`VirtualHost *:${listen.port}`, [
    `ServerName ${site.host}`,
    ...tlsLines(site),
    // LimitRequestBody does not count for what is handed on.
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
      "Expected the `certificates` option, the folder with a HOST.pem for each host: Apache has to " +
        "take TLS off.",
    )
  }
  const { certificate } = site
  return [
    "SSLEngine On",
    `SSLCertificateFile ${certificate}`,
    `SSLCertificateKeyFile ${certificate}`,
  ]
}

/** A name is looked up for every connection, and no connection is used that the bot may close. */
function routeLines({ path, server }: ProxyRoute): string[] {
  const place = path === undefined ? "Location /" : `LocationMatch "${pathPattern(path)}"`
  const options = `nocanon retry=0 connectiontimeout=5 timeout=${patienceSeconds} disablereuse=On`
  return [
    ...block(place, ["Require all granted"]),
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
