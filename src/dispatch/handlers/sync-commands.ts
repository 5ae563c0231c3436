import { expectOptionsObject, type OptionNames } from "../../ground/expect-option.js"
import type { Bot } from "../../bot/index.js"
import type { BotCommand, BotCommandScope } from "../../telegram/types.js"
import { type CommandList, commandLists } from "./command-lists.js"
import { expectLanguage, expectScope, type MenuCommand } from "./command-menu.js"

/** Options of `dispatcher.syncCommands`. */
export interface SyncCommandsOptions {
  /**
   * Scopes of chats or members for which an earlier version of the program has set commands. Telegram cannot
   * list them. Default: none; the four scopes without a chat are always compared.
   */
  readonly scopes?: readonly BotCommandScope[] | undefined
  /** Languages in which an earlier version of the program has set commands. Default: none. */
  readonly languages?: readonly string[] | undefined
  /** Ends the calls. */
  readonly signal?: AbortSignal | undefined
}

const optionNames: OptionNames<SyncCommandsOptions> = {
  scopes: true,
  languages: true,
  signal: true,
}

/** The result of `dispatcher.syncCommands`. */
export interface CommandSync {
  /** The lists that were set, because Telegram had others. */
  readonly set: readonly CommandList[]
  /** The lists that were deleted, because no command has their scope and language. */
  readonly deleted: readonly CommandList[]
  /** The number of lists that Telegram had already. */
  readonly unchanged: number
}

/** The scopes that name no chat. Their lists are always compared. */
const commonScopes: readonly BotCommandScope[] = [
  { type: "default" },
  { type: "all_private_chats" },
  { type: "all_group_chats" },
  { type: "all_chat_administrators" },
]

/**
 * Compares the lists of commands with those of Telegram, one after the other, and sets or deletes the lists
 * that differ. A failed call does not keep the other lists from being compared; its error is thrown at the
 * end.
 *
 * @throws TypeError before any call, for a wrong option or list
 */
export async function syncCommands(
  bot: Bot,
  commands: readonly MenuCommand[],
  options: SyncCommandsOptions,
): Promise<CommandSync> {
  expectOptionsObject(options, "syncCommands(bot, { scopes })", optionNames)
  const { scopes = [], languages = [], signal } = options
  const lists = commandLists(commands, {
    scopes: [...commonScopes, ...scopes.map(expectScope)],
    languages: languages.map(expectLanguage),
  })
  const sync = { set: [] as CommandList[], deleted: [] as CommandList[], unchanged: 0 }
  const errors: unknown[] = []
  for (const list of lists) {
    signal?.throwIfAborted()
    try {
      const done = await syncList(bot, list, signal)
      if (done) sync[done].push(list)
      else sync.unchanged += 1
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
  return sync
}

/** Returns the action that a list needed; `undefined` for none. */
async function syncList(
  bot: Bot,
  { scope, languageCode, commands }: CommandList,
  signal: AbortSignal | undefined,
): Promise<"set" | "deleted" | undefined> {
  const place = { scope, ...(languageCode && { language_code: languageCode }) }
  const present = await bot.getMyCommands(place, { signal })
  if (listText(present) === listText(commands)) return undefined
  if (commands.length === 0) {
    await bot.deleteMyCommands(place, { signal })
    return "deleted"
  }
  await bot.setMyCommands({ ...place, commands }, { signal })
  return "set"
}

/** Returns the text by which two lists are compared. */
function listText(commands: readonly BotCommand[]): string {
  return JSON.stringify(
    commands.map(({ command, description, is_ephemeral: isEphemeral = false }) => [
      command,
      description,
      isEphemeral,
    ]),
  )
}
