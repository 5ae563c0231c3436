import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest"
import { Simulator, type SimulatedBot, type SimulatedUser } from "../../src/index.js"
import { peersFolder, requirePackages } from "../../../test/support/peers.js"

const patience = { timeoutMs: 60_000 }

/** A bot of another framework in a process of its own, and a person who writes to it. */
class Peer implements AsyncDisposable {
  readonly telegram: Simulator
  readonly account: SimulatedBot
  readonly ada: SimulatedUser
  #child: ChildProcess | undefined

  private constructor(telegram: Simulator) {
    this.telegram = telegram
    this.account = telegram.bot({ username: "peer_bot" })
    this.ada = telegram.user({ first_name: "Ada" })
  }

  static async start(): Promise<Peer> {
    return new Peer(await Simulator.start({ local: true }))
  }

  /** Starts the program, unless it is running. Skips the test if its packages are not available. */
  run(program: string, context: TestContext): void {
    requirePackages(context)
    const addresses = { BOT_TOKEN: this.account.token, TELEGRAM_API_ROOT: this.telegram.apiRoot }
    this.#child ??= spawn(process.execPath, [program], {
      cwd: peersFolder,
      env: { ...process.env, ...addresses },
      stdio: ["ignore", "ignore", "inherit"],
    })
  }

  /** Sends a text, and returns the text of the bot's answer. */
  async answerTo(text: string): Promise<string | undefined> {
    await this.ada.send(this.account, text)
    return (await this.ada.hears(patience)).text
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== undefined) {
      const ended = once(this.#child, "exit")
      this.#child.kill("SIGKILL")
      await ended
    }
    await this.telegram[Symbol.asyncDispose]()
  }
}

describe("a bot with eleven plugins of grammY", () => {
  let peer: Peer

  beforeAll(async () => {
    peer = await Peer.start()
  })
  afterAll(() => peer[Symbol.asyncDispose]())

  const behaves = (name: string, run: () => Promise<void>) =>
    test(name, { timeout: 180_000 }, async (context) => {
      peer.run("grammy-plugins-bot.mjs", context)
      await run()
    })

  behaves("shows a menu that changes and closes", async () => {
    const { ada } = peer
    await ada.send(peer.account, "/menu")
    const menu = await ada.hears(patience)
    await (
      await ada.press(menu, "Count 0")
    ).answered
    const counted = await ada.seesEdit(patience)
    expect(counted.reply_markup?.inline_keyboard[0]?.[0]?.text).toBe("Count 1")
    await (
      await ada.press(counted, "Close")
    ).answered
    expect((await ada.seesEdit(patience)).reply_markup).toBeUndefined()
  })

  behaves("leads a conversation", async () => {
    expect(await peer.answerTo("/introduce")).toBe("Your name?")
    expect(await peer.answerTo("Ada")).toBe("Your town?")
    expect(await peer.answerTo("London")).toBe("Ada of London")
  })

  behaves("asks a question without a state, once", async () => {
    await peer.ada.send(peer.account, "/ask")
    const question = await peer.ada.hears(patience)
    await peer.ada.send(peer.account, "blue", { reply_to: question })
    expect((await peer.ada.hears(patience)).text).toBe("You like blue")
    // The ForceReply was answered: the next message is an ordinary one, with a command.
    expect(await peer.answerTo("/edit")).toBe("Before")
    expect((await peer.ada.seesEdit(patience)).text).toBe("After")
  })

  behaves("streams a text as drafts, and sends it", async () => {
    await peer.ada.send(peer.account, "/stream")
    const first = await peer.ada.seesDraft(patience)
    expect("This is slowly generated").toContain(first.text.trim())
    expect((await peer.ada.hears(patience)).text).toBe("This is slowly generated")
  })

  behaves("downloads a file", async () => {
    await peer.ada.send(peer.account, { document: new Uint8Array(1234), file_name: "a.bin" })
    expect((await peer.ada.hears(patience)).text).toBe("1234 bytes")
  })
})

describe("a bot with scenes of Telegraf", () => {
  let peer: Peer

  beforeAll(async () => {
    peer = await Peer.start()
  })
  afterAll(() => peer[Symbol.asyncDispose]())

  const behaves = (name: string, run: () => Promise<void>) =>
    test(name, { timeout: 180_000 }, async (context) => {
      peer.run("telegraf-scenes-bot.mjs", context)
      await run()
    })

  behaves("leads through a wizard, with keys and by hand", async () => {
    expect(await peer.answerTo("/order")).toBe("What would you like?")
    await peer.ada.tap("Tea")
    expect((await peer.ada.hears(patience)).text).toBe("How many?")
    expect(await peer.answerTo("2")).toBe("2 × Tea")
    expect(await peer.answerTo("3")).toBe("Outside")
  })

  behaves("stays in a scene until it is left, and hears votes there", async () => {
    await peer.ada.send(peer.account, "/quiz")
    const quiz = await peer.ada.hears(patience)
    expect(await peer.answerTo("four")).toBe("Vote, or /leave")
    expect((await peer.ada.vote(quiz, "4")).correct_option_ids).toBeUndefined()
    expect((await peer.ada.hears(patience)).text).toBe("Answered")
    expect(await peer.answerTo("/leave")).toBe("You have left the quiz")
    expect(await peer.answerTo("four")).toBe("Outside")
  })
})
