import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { connect, type Socket } from "node:net"

const program = `
const { createServer } = require("node:http")
const server = createServer((request, response) => {
  response.setHeader("content-type", "application/json").end('{"ok":true,"result":true}')
})
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  console.log(server.address().port)
  process.stdin.on("data", () => {
    console.log("busy")
    const end = performance.now() + 900
    while (performance.now() < end);
  })
})`

/** A Bot API server to which a connection takes a second, while its backlog is full. */
export class SlowServer implements AsyncDisposable {
  readonly port: number
  readonly #child: ChildProcess
  readonly #knocking: Socket[] = []

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(): Promise<SlowServer> {
    const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] })
    const [line] = (await once(child.stdout, "data")) as [Buffer]
    return new SlowServer(child, Number(line.toString().trim()))
  }

  /** Fills the backlog: the next connections succeed only after 0.9 s. */
  async fill(): Promise<void> {
    this.#child.stdin?.write("x")
    await once(this.#child.stdout!, "data")
    for (let count = 0; count < 4; count += 1) {
      this.#knocking.push(connect({ port: this.port, host: "127.0.0.1" }).on("error", () => {}))
    }
    // The backlog has room for two of them.
    await Promise.race(this.#knocking.map((socket) => once(socket, "connect")))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#knocking) socket.destroy()
    this.#child.kill("SIGKILL")
    await once(this.#child, "exit")
  }
}
