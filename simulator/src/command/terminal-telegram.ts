import { once } from "node:events"
import type { SimulatedBot, Simulator } from "../index.js"
import { type Key, KeyReader, keysHelp } from "./keys.js"
import { openInBrowser } from "./open-in-browser.js"
import { unreachableAdvice } from "./unreachable-advice.js"
import { withAdvice } from "./start-advice.js"

/** Options of {@link startTelegram}. */
export interface TerminalTelegramOptions {
  /** The port to listen on; 0 for a free one. */
  readonly port: number
  /** The address to listen on. Default: `127.0.0.1`. */
  readonly host?: string | undefined
  /** The tokens of bots to create. Default: none. */
  readonly tokens?: readonly string[] | undefined
  /** Whether the bot with {@link developmentToken} is created, even if there are others. Default: only without others. */
  readonly developmentBot?: boolean | undefined
  /** The option `local` of the simulator. */
  readonly local?: boolean | undefined
  /** The option `hosts` of the simulator. */
  readonly hosts?: Readonly<Record<string, string>> | undefined
  /** The option `state` of the simulator. */
  readonly state?: string | undefined
  /** Whether every update and call is printed. Default: `false`. */
  readonly log?: boolean | undefined
  /** The command line without options, for advice. */
  readonly name: string
  /** Writes to the terminal. */
  readonly print: (text: string) => void
  /** Writes advice on a call that was refused. Default: `print`. */
  readonly advise?: (text: string) => void
}

/** The token of the bot that is created by default, the same at every start. It opens nothing at Telegram. */
export const developmentToken = "8081000001:AA-simulated-for-development-only-0"

/** A simulated Telegram that a command runs on its terminal: two people, bots, a chat page and keys. */
export class TerminalTelegram implements AsyncDisposable {
  /** The bots, in the order of their creation. */
  readonly bots: readonly SimulatedBot[]
  readonly #simulator: Simulator
  readonly #print: (text: string) => void
  #calls = 0

  private constructor(simulator: Simulator, print: (text: string) => void) {
    simulator.calls.subscribe(() => (this.#calls += 1))
    this.#simulator = simulator
    this.#print = print
    this.bots = simulator.bots
  }

  /** Starts a simulator. Rejects with advice if the port or the address cannot be used. */
  static async start(options: TerminalTelegramOptions): Promise<TerminalTelegram> {
    // Loaded here, so that help and argument errors appear without delay.
    const { Simulator } = await import("../index.js")
    const { port, host = "127.0.0.1", local = false, hosts = {}, state, log = false } = options
    const { print, advise = print, name } = options
    const simulator = await Simulator.start({
      ...{ port, host, local, hosts, page: true },
      ...(state !== undefined && { state }),
      ...(log && { log: (line: string) => print(`${line}\n`) }),
    }).catch((error: unknown) => {
      throw withAdvice(error, { port, host, name })
    })
    try {
      populate(simulator, options)
    } catch (error) {
      await simulator[Symbol.asyncDispose]()
      throw error
    }
    simulator.calls.subscribe((call) => {
      const advice = unreachableAdvice(call, name)
      if (advice !== undefined) advise(`${advice}\n`)
    })
    return new TerminalTelegram(simulator, print)
  }

  /** The API root, with an address that a program on this machine can open. */
  get apiRoot(): string {
    // A wildcard address such as 0.0.0.0 cannot be opened in a browser.
    return this.#simulator.apiRoot
      .replace("//0.0.0.0:", "//127.0.0.1:")
      .replace("//[::]:", "//[::1]:")
  }

  /** The number of calls since the start. */
  get callCount(): number {
    return this.#calls
  }

  /** Opens the chat page in the browser. */
  openPage(): void {
    openInBrowser(`${this.apiRoot}/`)
  }

  /**
   * Reads the keys of the terminal until one of them, or an abort, ends the command. Without a terminal only the
   * abort does.
   *
   * @param more the command's own keys
   */
  async untilQuit(signal: AbortSignal, more: readonly Key[] = []): Promise<void> {
    const quit = new AbortController()
    const keys: Key[] = [
      { key: "o", meaning: "open the chat page", press: () => this.openPage() },
      ...more,
      { key: "c", meaning: "clear the terminal", press: () => console.clear() },
      { key: "h", meaning: "show the keys", press: () => this.#print(keysHelp(keys)) },
      { key: "q", meaning: "quit", press: () => quit.abort() },
    ]
    using _reader = new KeyReader((pressed) => {
      if (pressed === ctrlC) return quit.abort()
      keys.find(({ key }) => key === pressed)?.press()
    })
    if (process.stdin.isTTY) this.#print(`${keysHelp(keys)}\n`)
    const either = AbortSignal.any([signal, quit.signal])
    if (!either.aborted) await once(either, "abort")
  }

  /** Stops the simulator. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#simulator[Symbol.asyncDispose]()
  }
}

const ctrlC = "\u0003"

/** @throws TypeError for a malformed token */
function populate(simulator: Simulator, options: TerminalTelegramOptions): void {
  if (simulator.users.length === 0) {
    for (const first_name of ["Ada", "Grace"]) simulator.user({ first_name })
  }
  const { tokens = [], developmentBot = tokens.length + simulator.bots.length === 0 } = options
  for (const token of developmentBot ? [...tokens, developmentToken] : tokens) {
    const number = simulator.bots.length + 1
    const isFirst = number === 1
    const first_name = isFirst ? "My bot" : `My bot ${number}`
    simulator.bot({ token, first_name, username: isFirst ? "my_bot" : `my_${number}_bot` })
  }
}
