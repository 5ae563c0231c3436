import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type SimulatedUser, Simulator } from "@sounder/simulator"
import { afterEach, beforeEach, expect, test } from "vitest"
import { handlers } from "../../src/cli/project/init/templates.js"
import { built, compiled, packageFolder } from "../support/built.js"
import { docExamples } from "../support/doc-examples.js"
import { freePort } from "../support/free-port.js"
import { requireServer } from "../support/real-servers.js"
import { accepts } from "../support/real-proxy.js"
import { runHere } from "../support/run-here.js"
import { untilTrue } from "../support/waiting.js"

const guide = docExamples("docs/guides/behind-nginx.md")
let folder = ""
let children: ChildProcess[] = []
let telegram: Simulator | undefined

beforeEach(async () => {
  await built()
  // Inside the package, so that `import "sounder"` resolves to the package itself.
  folder = mkdtempSync(join(packageFolder, ".guide-program-"))
  children = []
  telegram = undefined
})

afterEach(async () => {
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const closed = once(child, "close")
    child.kill("SIGTERM")
    await closed
  }
  await telegram?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Returns the only program of the guide in a language. */
function programIn(language: string): string {
  const found = guide.filter((example) => example.language === language)
  expect(found).toHaveLength(1)
  return found[0]?.code ?? ""
}

/** Returns the only command of the guide that begins with a word. */
function commandOf(word: string): string {
  const found = guide
    .filter(({ language, code }) => language === "sh" && code.startsWith(word))
    .map(({ code }) => code.trim())
  expect(found).toHaveLength(1)
  return found[0] ?? ""
}

/** Starts a command of the guide in the reader's folder. */
function start(command: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn("sh", ["-c", `exec ${command}`], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "inherit"],
  })
  children.push(child)
  return child
}

async function running(child: ChildProcess, port: number): Promise<void> {
  await untilTrue(() => child.exitCode !== null || accepts(port))
  expect(child.exitCode, "the program runs").toBeNull()
}

/** Follows the guide up to the running bot. The ports of the guide become free ones. */
async function follow(proxy: { command: string; file: string; language: string }) {
  const ports = new Map([
    ["8443", `${await freePort()}`],
    ["5000", `${await freePort()}`],
  ])
  const onPorts = (text: string) =>
    text.replaceAll(/(?<=127\.0\.0\.1:|port: )(?:8443|5000)/g, (port) => ports.get(port) ?? port)
  const [, ...args] = commandOf("npx sounder certificate").split(" ").slice(1)
  expect(await runHere(...(args as [string]), "--out", folder)).toMatchObject({ status: 0 })
  writeFileSync(join(folder, "handlers.ts"), handlers("ts"))
  writeFileSync(join(folder, "bot.ts"), onPorts(programIn("ts")))
  await compile()
  writeFileSync(join(folder, proxy.file), onPorts(programIn(proxy.language)))
  await running(start(proxy.command), Number(ports.get("8443")))

  const [, name = "", place = ""] = /--map (\S+)=(\S+)/.exec(commandOf("npm run dev")) ?? []
  telegram = await Simulator.start({ hosts: { [name]: onPorts(place) } })
  const account = telegram.bot()
  const bot = start("node out/bot.js", {
    TELEGRAM_API_ROOT: telegram.apiRoot,
    BOT_TOKEN: account.token,
  })
  await running(bot, Number(ports.get("5000")))
  return { calls: telegram.calls, account, ada: telegram.user({ first_name: "Ada" }) }
}

async function compile(): Promise<void> {
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    rewriteRelativeImportExtensions: true,
    strict: true,
    outDir: "out",
    types: ["node"],
  }
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["bot.ts"] }),
  )
  expect(await compiled(folder)).toEqual({ status: 0, output: "" })
}

const hears = async (ada: SimulatedUser) => (await ada.hears({ timeoutMs: 60_000 })).text

test.for([
  { name: "nginx", language: "nginx", file: "nginx.conf", command: "nginx -p" },
  { name: "haproxy", language: "haproxy", file: "haproxy.cfg", command: "haproxy -f" },
] as const)("a reader of the guide has a bot behind $name", async (proxy, context) => {
  requireServer(proxy.name, context)
  const { calls, account, ada } = await follow({ ...proxy, command: commandOf(proxy.command) })
  await ada.send(account, "/start")
  expect(await hears(ada)).toBe("Hello! Write me something.")
  await ada.send(account, "Good morning")
  expect(await hears(ada)).toBe("Good morning")
  const urls = calls.filter(({ method }) => method === "setWebhook").map(({ params }) => params.url)
  expect(urls).toEqual(["https://bot.example.com:8443/hook"])
})

test("nginx looks for modules in the folder of -p, as the guide says", async (context) => {
  const nginx = requireServer("nginx", context)
  const text = programIn("nginx")
  expect(text).not.toContain("load_module")
  writeFileSync(join(folder, "nginx.conf"), `load_module modules/ngx_stream_module.so;\n${text}`)
  const command = ["-t", "-p", folder, "-c", "nginx.conf", "-e", "stderr"]
  const { status, stderr } = spawnSync(nginx, command, { encoding: "utf8" })
  expect(status).not.toBe(0)
  expect(stderr).toContain(`dlopen() "${folder}/modules/ngx_stream_module.so" failed`)
  const bot = ["--bot", "bot.example.com=127.0.0.1:5000", "--certificates", "/c"]
  const { printed } = await runHere("proxy", "nginx", ...bot)
  expect(printed).toContain("include /etc/nginx/modules-enabled/*.conf;")
})
