import { userInfo } from "node:os"
import { join } from "node:path"
import { describe, test } from "vitest"
import type { FindingCode } from "../../src/doctor/index.js"
import { proxyConfiguration, type ProxyName } from "../../src/proxy/index.js"
import { startProxy } from "../support/real-proxy.js"
import { freePort } from "../support/free-port.js"
import { type Arranged, expectNamedAndFixed, type SetUp } from "./set-up.js"
import { host, type Stage } from "../support/doctor-stage.js"

/** A proxy with the configuration of `sounder proxy`, except for one mistake. */
interface Mistake {
  readonly name: string
  readonly proxy: ProxyName
  readonly code: FindingCode
  /** The mistake. `ports` are the bot's, and one without a listener. */
  readonly spoil: (configuration: string, ports: { bot: number; nobody: number }) => string
  /** Further options for the doctor. */
  readonly told?: (ports: { bot: number }) => Arranged["options"]
  readonly advice?: RegExp
  readonly isWrittenTo?: boolean
}

const replaced = (from: string | RegExp, to: string) => (configuration: string) => {
  const spoilt = configuration.replace(from, to)
  if (spoilt === configuration) throw new Error(`Nothing to spoil: ${String(from)}`)
  return spoilt
}

const elsewhere: Mistake["spoil"] = (configuration, { bot, nobody }) =>
  replaced(
    new RegExp(`127\\.0\\.0\\.1:${bot}\\b(?! *\\n#|\\n\\n)`, "g"),
    `127.0.0.1:${nobody}`,
  )(configuration)

const proxies: readonly ProxyName[] = ["haproxy", "nginx", "caddy"]

const mistakes: readonly Mistake[] = [
  ...proxies.flatMap((proxy): Mistake[] => [
    {
      name: `${proxy} forwards to the wrong port`,
      proxy,
      code: "proxy-cannot-reach-bot",
      spoil: elsewhere,
      isWrittenTo: true,
      advice: /the bot's address and port/,
    },
    {
      name: `${proxy} forwards to the wrong port, and the doctor looks behind it`,
      proxy,
      code: "proxy-cannot-reach-bot",
      spoil: elsewhere,
      told: ({ bot }) => ({ backend: `127.0.0.1:${bot}` }),
    },
  ]),
  {
    name: "nginx has a limit for bodies",
    proxy: "nginx",
    code: "body-limit",
    spoil: replaced("client_max_body_size 1048576", "client_max_body_size 100k"),
    advice: /client_max_body_size 1m/,
  },
  {
    name: "haproxy has a limit for bodies",
    proxy: "haproxy",
    code: "body-limit",
    spoil: replaced("req.body_size gt 1048576", "req.body_size gt 100000"),
  },
  {
    name: "caddy has a limit for bodies",
    proxy: "caddy",
    code: "body-limit",
    spoil: replaced("max_size 1MiB", "max_size 100KB"),
  },
  {
    name: "nginx redirects to another host",
    proxy: "nginx",
    code: "redirect",
    spoil: replaced(/proxy_pass [^;]+;/, "return 301 https://www.example.com$request_uri;"),
    isWrittenTo: true,
    advice: /https:\/\/www\.example\.com\/hook/,
  },
  {
    name: "nginx keeps connections for 5 s, and says so",
    proxy: "nginx",
    code: "keep-alive-too-short",
    spoil: replaced("keepalive_timeout 75s", "keepalive_timeout 5s 5s"),
    advice: /keepalive_timeout 75s/,
  },
  {
    name: "haproxy keeps connections for half a second, and does not say so",
    proxy: "haproxy",
    code: "keep-alive-too-short",
    spoil: replaced("timeout http-keep-alive 75s", "timeout http-keep-alive 500ms"),
    told: () => ({ idleMs: 2_000 }),
    advice: /timeout http-keep-alive 75s/,
  },
  {
    name: "haproxy closes after each answer, as in the configuration that everybody copies",
    proxy: "haproxy",
    code: "connection-close",
    spoil: replaced("option http-server-close", "option httpclose"),
    isWrittenTo: true,
    advice: /remove `option httpclose`/,
  },
  {
    name: "haproxy speaks HTTP/2 only",
    proxy: "haproxy",
    code: "http2-only",
    spoil: replaced(/ strict-sni/, " alpn h2 proto h2"),
    advice: /alpn h2,http\/1\.1/,
  },
  {
    name: "haproxy waits for the PROXY protocol",
    proxy: "haproxy",
    code: "tls-failed",
    spoil: replaced(/ strict-sni/, " accept-proxy"),
    advice: /PROXY protocol/,
  },
  {
    name: "haproxy does no TLS",
    proxy: "haproxy",
    code: "plain-http",
    spoil: (configuration) =>
      replaced(/if !\{ var\(txn\.bot\).*$/m, "")(replaced(/ ssl crt .*$/m, "")(configuration)),
    isWrittenTo: true,
    advice: /sounder proxy/,
  },
  {
    name: "haproxy drops the header with the secret",
    proxy: "haproxy",
    code: "wrong-secret",
    spoil: replaced(
      /(http-request set-header X-Forwarded-For)/,
      "http-request del-header X-Telegram-Bot-Api-Secret-Token\n    $1",
    ),
    isWrittenTo: true,
    advice: /forwards the header/,
  },
  {
    name: "haproxy lets in only Telegram's networks",
    proxy: "haproxy",
    code: "refused-here",
    spoil: replaced(
      /(http-request set-header X-Forwarded-For)/,
      "http-request deny unless { src 149.154.160.0/20 91.108.4.0/22 }\n    $1",
    ),
    advice: /sounder webhook info/,
  },
  {
    name: "nginx has no certificate for the host",
    proxy: "nginx",
    code: "no-certificate-for-host",
    spoil: replaced(`server_name ${host}`, "server_name other.example.com"),
    isWrittenTo: true,
    advice: /a certificate for bot\.example\.com/,
  },
  {
    name: "caddy has no site for the host",
    proxy: "caddy",
    code: "connection-cut",
    spoil: replaced(`https://${host}:`, "https://other.example.com:"),
    advice: /a rule that drops the request/,
  },
  {
    name: "nginx speaks TLS 1.1 only",
    proxy: "nginx",
    code: "tls-too-old",
    spoil: replaced(
      "ssl_protocols TLSv1.2 TLSv1.3",
      'ssl_protocols TLSv1.1;\n    ssl_ciphers "DEFAULT@SECLEVEL=0"',
    ),
    isWrittenTo: true,
  },
  {
    name: "nginx still speaks TLS 1.0 and 1.1",
    proxy: "nginx",
    code: "tls-old-versions",
    spoil: replaced(
      "ssl_protocols TLSv1.2 TLSv1.3",
      'ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;\n    ssl_ciphers "DEFAULT@SECLEVEL=0"',
    ),
    advice: /ssl_protocols TLSv1\.2 TLSv1\.3/,
  },
]

function setUpOf(mistake: Mistake): SetUp {
  const { name, code, proxy, spoil, told, advice, isWrittenTo } = mistake
  return {
    name,
    code,
    async arrange(stage, context) {
      const ports = { bot: await freePort(), nobody: await freePort() }
      const right = configurationFor(proxy, stage, ports.bot)
      const start = (configuration: string) =>
        startProxy(proxy, context, { folder: stage.folder, port: stage.port, configuration })
      const broken = stage.use(await start(spoil(right, ports)))
      await stage.startBot({ tls: false, port: ports.bot })
      return {
        // The doctor knows the secret where a header may be lost.
        options: { secretToken: stage.secret, ...told?.(ports) },
        ...(advice && { advice }),
        ...(isWrittenTo !== undefined && { isWrittenTo }),
        async fix() {
          await broken[Symbol.asyncDispose]()
          stage.use(await start(right))
        },
      }
    },
  }
}

function configurationFor(proxy: ProxyName, stage: Stage, port: number): string {
  const configuration = proxyConfiguration(proxy, {
    bots: [{ host, server: `127.0.0.1:${port}` }],
    listen: `127.0.0.1:${stage.port}`,
    certificates: join(stage.folder, "certs"),
    ...(proxy === "nginx" ? { user: userInfo().username } : {}),
  })
  // No supervisor restarts a bot here.
  return configuration.replace("retries 5", "retries 0")
}

/** Set-ups with a correct proxy and a faulty server behind it. */
const behind: readonly SetUp[] = proxies.flatMap((proxy): SetUp[] => [
  {
    name: `${proxy} is there, and the bot is not`,
    code: "backend-down",
    async arrange(stage, context) {
      const port = await freePort()
      const configuration = configurationFor(proxy, stage, port)
      const options = { folder: stage.folder, port: stage.port, configuration }
      stage.use(await startProxy(proxy, context, options))
      await stage.register()
      return {
        isWrittenTo: true,
        options: { backend: `127.0.0.1:${port}` },
        advice: /Start the bot/,
        fix: () => stage.startBot({ tls: false, port }),
      }
    },
  },
  {
    name: `${proxy} does TLS, and the bot behind it as well`,
    code: "backend-tls",
    async arrange(stage, context) {
      const port = await freePort()
      const configuration = configurationFor(proxy, stage, port)
      const options = { folder: stage.folder, port: stage.port, configuration }
      stage.use(await startProxy(proxy, context, options))
      const updater = await stage.startBot({ port })
      return {
        options: { backend: `127.0.0.1:${port}` },
        advice: /without `key`/,
        async fix() {
          await updater.stop()
          await stage.startBot({ tls: false, port })
        },
      }
    },
  },
])

describe("the doctor names the fault and nothing else, and has no finding after the fix", () => {
  const setUps = [...mistakes.map(setUpOf), ...behind]
  test.for(setUps)("$name", expectNamedAndFixed)
})
