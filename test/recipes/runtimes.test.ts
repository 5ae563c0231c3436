import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdir, rm, writeFile } from "node:fs/promises"
import { connect } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Simulator } from "@sounder/simulator"
import { rolldown } from "rolldown"
import { beforeAll, expect, onTestFinished, test } from "vitest"
import { built, packageFolder } from "../support/built.js"
import { freePort } from "../support/free-port.js"
import { requirePackages } from "../support/peers.js"
import { leaveOut } from "../support/leave-out.js"
import { untilTrue } from "../support/waiting.js"
import { recipe } from "./recipe.js"

/** The private package of the runtimes; together they have 300 MB. */
const runtimes = fileURLToPath(new URL("runtimes/", import.meta.url))
const modules = join(runtimes, "node_modules")
const secret = "a-secret-of-the-test"

/** The file and the arguments that run a program on a port. */
type Command = readonly [file: string, ...args: string[]]

const commands: Readonly<Record<string, (program: string, port: number) => Promise<Command>>> = {
  Deno: async (program, port) => [
    join(modules, "@deno", "linux-x64-glibc", "deno"),
    ...["serve", "--allow-all", "--host", "127.0.0.1", "--port", `${port}`, program],
  ],
  Bun: async (program) => [join(modules, "bun", "bin", "bun.exe"), program],
  Workers: async (program, port) => [
    join(modules, "@cloudflare", "workerd-linux-64", "bin", "workerd"),
    ...["serve", await configuration(program, port)],
  ],
}

beforeAll(() => built())

test.for(Object.keys(commands))("the recipe runs on %s", async (name, context) => {
  const isLinux = process.platform === "linux" && process.arch === "x64"
  if (!isLinux) leaveOut("the runtimes are those of Linux on x64", context)
  const isHere = existsSync(modules) || process.env["CI"] === "true"
  if (!isHere) leaveOut(`the runtimes are not installed (npm ci in ${runtimes})`, context)
  requirePackages(context, { folder: runtimes })

  await using telegram = await Simulator.start({ local: true })
  const account = telegram.bot({ username: "edge_bot" })
  const port = await freePort()
  const [file = "", ...args] = (await commands[name]?.(await programFor(port), port)) ?? []
  const child = spawn(file, args, {
    env: {
      ...process.env,
      BOT_TOKEN: account.token,
      SECRET_TOKEN: secret,
      TELEGRAM_API_ROOT: telegram.apiRoot,
      PORT: `${port}`,
      BUN_PORT: `${port}`,
    },
    stdio: ["ignore", "ignore", "inherit"],
  })
  onTestFinished(async () => {
    const closed = once(child, "close")
    child.kill("SIGKILL")
    await closed
  })
  await untilTrue(() => child.exitCode !== null || accepts(port))
  expect(child.exitCode, "the program runs").toBeNull()

  const url = `http://127.0.0.1:${port}/hook`
  const set = new URLSearchParams({ url, secret_token: secret })
  await fetch(`${telegram.apiRoot}/bot${account.token}/setWebhook?${set.toString()}`)
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, "/start")
  expect((await ada.hears()).text).toBe("Hello!")
  const forged = await fetch(url, { method: "POST", body: "{}" })
  expect(forged.status).toBe(401)
})

/** Writes the program of the guide inside the package, so that `import "sounder"` finds the package. */
async function programFor(port: number): Promise<string> {
  const folder = join(packageFolder, ".programs")
  await mkdir(folder, { recursive: true })
  const program = join(folder, `runtime-${port}.mjs`)
  await writeFile(program, `${recipe("Serverless functions")}\n${recipe("Workers, Deno, Bun")}`)
  onTestFinished(() => rm(program))
  return program
}

/** Bundles a program as for Workers, and writes the configuration that serves it. */
async function configuration(program: string, port: number): Promise<string> {
  const bundle = await rolldown({
    input: program,
    platform: "neutral",
    // Loaded by parts that Workers never call.
    external: [/^node:/, "@peculiar/x509"],
    resolve: { conditionNames: ["workerd", "worker", "import", "default"] },
  })
  const folder = `${program}.bundle`
  const { output } = await bundle.write({ dir: folder, format: "esm" })
  await bundle.close()
  onTestFinished(() => rm(folder, { recursive: true }))
  // The entry comes first: workerd serves the first module.
  const modules = output.map(
    ({ fileName }) => `(name = "${fileName}", esModule = embed "${fileName}")`,
  )
  const path = join(folder, "worker.capnp")
  const bindings = ["BOT_TOKEN", "SECRET_TOKEN", "TELEGRAM_API_ROOT"].map(
    (name) => `(name = "${name}", fromEnvironment = "${name}")`,
  )
  const text = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "bot", worker = .bot),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "bot")],
);
const bot :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [${bindings.join(", ")}],
);
`
  await writeFile(path, text)
  return path
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1" })
  try {
    await once(socket, "connect")
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
