import { closeSync, existsSync, openSync, readSync } from "node:fs"
import type { Entry } from "./judge.js"

/** A line of a journal, with its chat. */
export interface ChatEntry extends Entry {
  readonly chat: number
}

/** A reader of the journal that a bot's process writes. */
export class JournalFile {
  readonly path: string
  readonly entries: ChatEntry[] = []
  /** The number of ended handlers in the journal so far. */
  ended = 0
  #offset = 0
  #rest = ""

  constructor(path: string) {
    this.path = path
  }

  /** Reads new lines. Returns whether there were any. */
  read(): boolean {
    if (!existsSync(this.path)) return false
    const file = openSync(this.path, "r")
    const buffer = Buffer.alloc(1_048_576)
    const before = this.entries.length
    for (;;) {
      const length = readSync(file, buffer, 0, buffer.length, this.#offset)
      if (length === 0) break
      this.#offset += length
      this.#add(buffer.toString("latin1", 0, length))
    }
    closeSync(file)
    return this.entries.length > before
  }

  #add(text: string): void {
    const lines = (this.#rest + text).split("\n")
    this.#rest = lines.pop() ?? ""
    for (const line of lines) {
      const [what, chat, update, microseconds] = line.split(" ")
      if (what !== "begin" && what !== "end") throw new Error(`Not a line of a journal: ${line}`)
      const at = Number(microseconds) / 1000
      this.entries.push({ what, chat: Number(chat), update: Number(update), at })
      if (what === "end") this.ended += 1
    }
  }
}
