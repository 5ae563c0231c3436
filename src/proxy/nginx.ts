import { isIPv4, isIPv6 } from "node:net"
import {
  heading,
  indented,
  maxBodyBytes,
  pathPattern,
  timeoutSeconds,
  separated,
} from "./configuration-text.js"
import { hostAndPort, isName, type ProxyAddress } from "./proxy-address.js"
import type { ProxyPlan, ProxyRoute, ProxySite } from "./proxy-plan.js"

const timeout = `${timeoutSeconds}s`

/** Returns a complete `nginx.conf` for nginx 1.19.4 and newer. */
export function nginxConfiguration(plan: ProxyPlan): string {
  const blocks = separated(
    [...heading("nginx", plan), ...mainLines(plan)],
    plan.passthrough ? streamBlock(plan) : [],
    plan.passthrough && !plan.stats ? [] : httpBlock(plan),
  )
  return `${blocks.join("\n")}\n`
}

function mainLines({ user, passthrough }: ProxyPlan): string[] {
  return [
    ...(user === undefined ? [] : [`user ${user};`]),
    "worker_processes auto;",
    ...(passthrough ? ["# On Debian: apt-get install libnginx-mod-stream"] : []),
    "include /etc/nginx/modules-enabled/*.conf;",
    ...block("events", ["worker_connections 4096;"]),
  ]
}

function httpBlock(plan: ProxyPlan): string[] {
  const sites = plan.passthrough
    ? []
    : [...plan.sites.map((site) => siteServer(site, plan)), unknownHosts(plan)]
  return block(
    "http",
    separated(
      [
        "# Names and paths stay out of logs: they may be secret.",
        "access_log off;",
        "server_tokens off;",
        "server_names_hash_bucket_size 512;",
      ],
      plan.passthrough ? [] : [...limitLines(plan), ...resolverLines(plan)],
      ...sites,
      statsServer(plan),
    ),
  )
}

function limitLines({ keepAlive }: ProxyPlan): string[] {
  return [
    "ssl_protocols TLSv1.2 TLSv1.3;",
    `client_max_body_size ${maxBodyBytes};`,
    "client_body_buffer_size 128k;",
    `client_header_timeout ${timeout};`,
    `client_body_timeout ${timeout};`,
    ...(keepAlive
      ? [
          `keepalive_timeout ${timeout};`,
          "# In nginx 1.27.4 and newer, this keeps a reload from closing a connection in use:",
          `# keepalive_min_timeout ${timeout};`,
        ]
      : [
          "# One connection per request: a reload finds no idle connection to close.",
          "keepalive_timeout 0;",
        ]),
    `send_timeout ${timeout};`,
    "proxy_connect_timeout 5s;",
    `proxy_read_timeout ${timeout};`,
    `proxy_send_timeout ${timeout};`,
    "proxy_http_version 1.1;",
    "proxy_set_header Host $http_host;",
    "# With `trustedProxies: 1` the bots read the client's address from this header.",
    "proxy_set_header X-Forwarded-For $remote_addr;",
    "proxy_set_header X-Forwarded-Proto https;",
  ]
}

function siteServer(site: ProxySite, plan: ProxyPlan): string[] {
  if (site.certificate === undefined) {
    throw new TypeError(
      "Expected the `certificates` option, a folder with a file HOST.pem for each host: nginx has to " +
        "terminate TLS. Or let the bots terminate TLS (`passthrough`).",
    )
  }
  const hasOtherPaths = site.routes.every(({ path }) => path !== undefined)
  return block("server", [
    `listen ${hostAndPort(plan.listen)} ssl;`,
    `server_name ${site.host};`,
    `ssl_certificate ${site.certificate};`,
    `ssl_certificate_key ${site.certificate};`,
    ...site.routes.flatMap((route) => locationBlock(route, plan)),
    ...(hasOtherPaths ? block("location /", ["return 444;"]) : []),
  ])
}

/**
 * Returns true for a host name that nginx should resolve regularly. The configuration puts such a name into a
 * variable, because nginx resolves a name outside a variable only once, at its start.
 */
function isResolved(to: ProxyAddress, { resolver }: ProxyPlan): boolean {
  return resolver !== undefined && to.kind === "tcp" && isName(to)
}

function resolverLines({ resolver }: ProxyPlan): string[] {
  return resolver === undefined ? [] : [`resolver ${resolver} valid=10s ipv6=off;`]
}

function locationBlock({ path, server: to }: ProxyRoute, plan: ProxyPlan): string[] {
  const place = path === undefined ? "/" : `~ ${pathPattern(path)}`
  if (to.kind === "tcp" && isResolved(to, plan)) {
    const lines = [`set $bot ${hostAndPort(to)};`, "proxy_pass http://$bot;"]
    return block(`location ${place}`, lines)
  }
  const address = to.kind === "unix" ? `unix:${to.path}:` : hostAndPort(to)
  return block(`location ${place}`, [`proxy_pass http://${address};`])
}

/**
 * Returns the server for unknown host names, which refuses the TLS handshake. Clients of an IP address
 * send no host name: if a bot has an IP address, the server accepts the handshake and then closes the
 * connection.
 */
function unknownHosts({ sites, listen }: ProxyPlan): string[] {
  const certificate = sites.find(({ isAddress }) => isAddress)?.certificate
  const tls =
    certificate === undefined
      ? ["ssl_reject_handshake on;"]
      : [`ssl_certificate ${certificate};`, `ssl_certificate_key ${certificate};`]
  return block("server", [
    `listen ${hostAndPort(listen)} ssl default_server;`,
    'server_name "";',
    ...tls,
    "return 444;",
  ])
}

function streamBlock(plan: ProxyPlan): string[] {
  const routes = plan.sites.flatMap(({ host, routes: siteRoutes }) =>
    siteRoutes.map(({ name, server: to }) => ({ host, name, to })),
  )
  return block(
    "stream",
    separated(
      ["map_hash_bucket_size 512;", ...resolverLines(plan)],
      ...routes
        .filter(({ to }) => !isResolved(to, plan))
        .map(({ name, to }) => block(`upstream ${name}`, [`server ${upstreamAddress(to)};`])),
      block("map $ssl_preread_server_name $bot", [
        ...routes.map(({ host, name, to }) => {
          const isVariable = to.kind === "tcp" && isResolved(to, plan)
          return `${host} ${isVariable ? hostAndPort(to) : name};`
        }),
        "# Closes connections with an unknown server name (SNI).",
        'default "";',
      ]),
      block("server", [
        `listen ${hostAndPort(plan.listen)};`,
        "ssl_preread on;",
        "preread_timeout 10s;",
        "proxy_connect_timeout 5s;",
        `proxy_timeout ${timeout};`,
        ...(plan.proxyProtocol
          ? ["# The bots need `proxyProtocol: true` for this header.", "proxy_protocol on;"]
          : []),
        "proxy_pass $bot;",
      ]),
    ),
  )
}

/** Returns the address of a bot with `max_fails=0`: nginx tries the bot again even after failures. */
function upstreamAddress(server: ProxyAddress): string {
  const address = server.kind === "unix" ? `unix:${server.path}` : hostAndPort(server)
  return `${address} max_fails=0`
}

function statsServer({ stats }: ProxyPlan): string[] {
  if (stats === undefined) return []
  const serverName = isIPv4(stats.host) || isIPv6(stats.host) ? [] : [`server_name ${stats.host};`]
  return block("server", [
    `listen ${hostAndPort(stats)};`,
    ...serverName,
    ...block("location = /health", ["return 200;"]),
    ...block("location = /metrics", ["stub_status;"]),
    ...block("location /", ["return 404;"]),
  ])
}

function block(title: string, lines: readonly string[]): string[] {
  return [`${title} {`, ...indented(lines), "}"]
}
