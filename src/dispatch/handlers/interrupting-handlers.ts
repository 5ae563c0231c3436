import type { Update } from "../../telegram/types.js"
import { updateMessage, updateType } from "../../telegram/update-facts.js"
import { updateTypes } from "../../telegram/update-types.js"
import { type CommandText, commandText } from "../context/command-text.js"
import type { HandlerEntry } from "./handler-entry.js"
import { updateKeys } from "./update-keys.js"

/** A bot that may not know its name yet. */
interface Named {
  readonly me?: { readonly username: string } | undefined
  /** Fetches the name. */
  init(): Promise<unknown>
}

/** The handlers whose updates interrupt the running handler of their lane. */
export class InterruptingHandlers {
  readonly #entries: readonly HandlerEntry[]
  /** The types of updates that can match. */
  readonly types: ReadonlySet<string>

  /** @param entries all handlers */
  constructor(entries: readonly HandlerEntry[]) {
    this.#entries = entries.filter(({ interrupts }) => interrupts === true)
    this.types = new Set<string>(this.#entries.flatMap(({ types }) => types ?? updateTypes))
  }

  /**
   * Returns whether one of the handlers matches an update; a promise of that if the bot must fetch its name
   * first, to decide whether a command is addressed to it. A filter that throws does not match. Never throws.
   */
  match(update: Update, bot: Named): boolean | Promise<boolean> {
    const type = updateType(update)
    if (type === undefined || !this.types.has(type)) return false
    const command = commandText(updateMessage(update))
    if (command?.addressee === undefined) return this.#match(update, command)
    if (bot.me) return this.#matchAddressed(update, command, bot)
    return bot.init().then(
      () => this.#matchAddressed(update, command, bot),
      () => false,
    )
  }

  #matchAddressed(update: Update, command: CommandText, { me }: Named): boolean {
    const isOurs = command.addressee === me?.username.toLowerCase()
    return this.#match(update, isOurs ? command : undefined)
  }

  #match(update: Update, command: CommandText | undefined): boolean {
    const own = new Set(updateKeys(update, { command, hasTextKeys: true }))
    return this.#entries.some((entry) => matches(entry, update, { own, command }))
  }
}

function matches(
  { types, keys, accepts, matchPattern }: HandlerEntry,
  update: Update,
  { own, command }: { own: ReadonlySet<string>; command: CommandText | undefined },
): boolean {
  const type = updateType(update)
  if (types && !(type && types.includes(type))) return false
  if (keys && !keys.some((key) => own.has(key))) return false
  try {
    return accepts?.(update) !== false && matchPattern?.(update, command) !== null
  } catch {
    return false
  }
}
