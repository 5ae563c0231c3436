import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import type { ProxyName } from "../../src/proxy/index.js"
import { finished } from "./built.js"
import { freePort } from "./free-port.js"
import type { Skippable } from "./leave-out.js"
import { requireServer } from "./real-servers.js"
import { untilTrue } from "./waiting.js"

/** A running proxy with a configuration. */
export interface RealProxy extends AsyncDisposable {
  /** Changes the configuration, as `systemctl reload` does. */
  reload(configuration: string): Promise<void>
  /** The output so far. */
  readonly output: string
}

/** The way to run a proxy in a folder of its own, in the foreground, apart from the system's. */
interface Way {
  /** Returns the configuration without the parts that processes on this machine cannot share. */
  fit(configuration: string): string
  readonly args: readonly string[]
  readonly environment?: NodeJS.ProcessEnv
  reload(child: ChildProcess, output: () => string): Promise<unknown>
  readonly stopSignal: NodeJS.Signals
}

/** Returns the program of a proxy. */
export function programOf(name: ProxyName) {
  return name === "apache" ? "apache2" : name
}

/**
 * Starts a proxy. Resolves when the proxy listens.
 *
 * @param folder the existing folder of its files
 * @param port the port on which the proxy listens
 */
export async function startProxy(
  name: ProxyName,
  context: Skippable,
  options: { folder: string; port: number; configuration: string },
): Promise<RealProxy> {
  const program = requireServer(programOf(name), context)
  const { folder, port, configuration } = options
  const file = join(folder, `${name}.conf`)
  const way = await ways[name](program, folder, file)
  writeFileSync(file, way.fit(configuration))
  const child = spawn(program, way.args, {
    env: { ...process.env, ...way.environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text))
  }
  const proxy: RealProxy = {
    get output() {
      return output
    },
    async reload(next) {
      writeFileSync(file, way.fit(next))
      await way.reload(child, () => output)
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, "close")
      child.kill(way.stopSignal)
      await ended
    },
  }
  await listening(child, port, () => output).catch(async (error: unknown) => {
    await proxy[Symbol.asyncDispose]()
    throw error
  })
  return proxy
}

async function listening(child: ChildProcess, port: number, output: () => string): Promise<void> {
  await untilTrue(async () => {
    if (child.exitCode !== null) throw new Error(`It ended: ${output()}`)
    return accepts(port)
  })
}

/** Returns whether a port of the loopback interface accepts connections. */
export async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1")
  try {
    await once(socket, "connect")
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const ways: Record<ProxyName, (program: string, folder: string, file: string) => Promise<Way>> = {
  haproxy: async (_, __, file) => ({
    fit: (configuration) => configuration,
    args: ["-W", "-f", file],
    // The master starts new workers, with -sf for the old ones.
    async reload(child, output) {
      const loaded = () => output().match(/Loading success/g)?.length ?? 0
      const before = loaded()
      // A busy master can miss a signal.
      const reload = () => void child.kill("SIGUSR2")
      reload()
      const again = setInterval(reload, 10_000)
      try {
        await untilTrue(() => loaded() > before)
      } finally {
        clearInterval(again)
      }
    },
    stopSignal: "SIGTERM",
  }),
  async nginx(program, folder, file) {
    const own = `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log info;`
    const args = ["-c", file, "-g", own]
    const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    const temporary = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};\n`).join("")
    return {
      fit: (configuration) => configuration.replace("http {\n", (line) => line + temporary),
      args,
      reload: () => finished(program, [...args, "-s", "reload"], folder),
      stopSignal: "SIGTERM",
    }
  },
  async apache(program, folder, file) {
    const own = [`PidFile ${folder}/apache.pid`, `ErrorLog ${folder}/error.log`]
    const replaced = /^(?:PidFile|ErrorLog|User|Group) .*\n/gm
    const first = `${own.join("\n")}\nDefaultRuntimeDir ${folder}\n`
    return {
      fit: (configuration) => first + configuration.replaceAll(replaced, ""),
      args: ["-DFOREGROUND", "-f", file],
      reload: () => finished(program, ["-k", "graceful", "-f", file], folder),
      stopSignal: "SIGTERM",
    }
  },
  async caddy(program, folder, file) {
    const admin = `127.0.0.1:${await freePort()}`
    const home = join(folder, "home")
    mkdirSync(home, { recursive: true })
    const environment = { HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home }
    const where = ["--config", file, "--adapter", "caddyfile"]
    return {
      fit: (configuration) => configuration.replace("\n{\n", `\n{\n\tadmin ${admin}\n`),
      args: ["run", ...where],
      environment,
      reload: () => expectSuccess(program, ["reload", ...where, "--address", admin], folder),
      stopSignal: "SIGTERM",
    }
  },
}

async function expectSuccess(program: string, args: string[], folder: string): Promise<void> {
  const { status, output } = await finished(program, args, folder)
  if (status !== 0) throw new Error(output)
}
