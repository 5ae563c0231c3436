import type { BotCommand, BotCommandScope } from "../../telegram/types.js"
import type { LanguageCode, MenuCommand } from "./command-menu.js"

/** The commands that the users of one scope and language see. */
export interface CommandList {
  /** The scope. */
  readonly scope: BotCommandScope
  /** The language; `undefined` for users whose language has no list. */
  readonly languageCode: LanguageCode | undefined
  /** The commands, in the order of registration; empty for a list to delete. */
  readonly commands: readonly BotCommand[]
}

/** The maximum number of commands in a list. */
const maxCommands = 100

/**
 * Returns the lists of commands, one for each scope and language. Telegram shows a user only one list: the list
 * of the narrowest scope and of the user's language. Each list therefore also contains the commands of the
 * wider scopes, and the commands that are not translated.
 *
 * @param emptyIn scopes and languages that always get a list, so that an older list is found
 * @throws TypeError for a list with more than 100 commands, or with two descriptions of one command
 */
export function commandLists(
  commands: readonly MenuCommand[],
  emptyIn: {
    readonly scopes: readonly BotCommandScope[]
    readonly languages: readonly LanguageCode[]
  },
): CommandList[] {
  const scopes = new Map<string, BotCommandScope>()
  const all = [...emptyIn.scopes, ...commands.flatMap((command) => command.scopes)]
  for (const scope of all) scopes.set(scopeKey(scope), scope)
  const used = commands.flatMap(({ languages }) => [...languages.keys()])
  const languages = new Set([...emptyIn.languages, ...used])
  return [...scopes.values()].flatMap((scope) => {
    const isOwn = commands.some((command) => nearness(command, [scopeKey(scope)]) === 0)
    const shown = isOwn ? shownIn(scope, commands) : []
    const translated = [...languages].map((code): CommandList => {
      const isUsed = shown.some((command) => command.languages.has(code))
      return {
        scope,
        languageCode: code,
        commands: isUsed ? shown.map((c) => inLanguage(c, code)) : [],
      }
    })
    return [
      { scope, languageCode: undefined, commands: shown.map((c) => inLanguage(c)) },
      ...translated,
    ]
  })
}

/** Returns the text by which two scopes are compared. */
export function scopeKey(scope: BotCommandScope): string {
  return JSON.stringify(scope)
}

/** Returns the position of the first key that is a scope of the command; `Infinity` for none. */
function nearness({ scopes }: MenuCommand, keys: readonly string[]): number {
  const positions = scopes.map((scope) => keys.indexOf(scopeKey(scope)))
  return Math.min(...positions.map((position) => (position < 0 ? Infinity : position)))
}

/** Returns the scopes that contain the users of a scope, the narrowest first. */
function widerScopes(scope: BotCommandScope): BotCommandScope[] {
  const all = { type: "default" } as const
  const groups = [{ type: "all_group_chats" }, all] as const
  switch (scope.type) {
    case "default":
      return []
    case "all_private_chats":
    case "all_group_chats":
      return [all]
    case "all_chat_administrators":
      return [...groups]
    case "chat": {
      const { chat_id } = scope
      const isPrivate = !String(chat_id).startsWith("-") && !String(chat_id).startsWith("@")
      return isPrivate ? [{ type: "all_private_chats" }, all] : [...groups]
    }
    case "chat_administrators": {
      const { chat_id } = scope
      return [{ type: "chat", chat_id }, { type: "all_chat_administrators" }, ...groups]
    }
    case "chat_member": {
      const { chat_id } = scope
      return [{ type: "chat", chat_id }, ...groups]
    }
  }
}

/** Returns the commands of a scope's list. Of several commands of one name, the nearest scope decides. */
function shownIn(scope: BotCommandScope, commands: readonly MenuCommand[]): MenuCommand[] {
  const keys = [scope, ...widerScopes(scope)].map(scopeKey)
  const byName = new Map<string, { readonly command: MenuCommand; readonly distance: number }>()
  for (const command of commands) {
    const distance = nearness(command, keys)
    const other = byName.get(command.name)
    if (distance === Infinity || (other && other.distance < distance)) continue
    if (other?.distance === distance && !isSame(other.command, command)) {
      throw new TypeError(
        `Expected one description of /${command.name} in the scope ${scopeKey(scope)}, got ` +
          `${JSON.stringify(other.command.description)} and ${JSON.stringify(command.description)}.`,
      )
    }
    byName.set(command.name, { command, distance })
  }
  if (byName.size <= maxCommands) return [...byName.values()].map(({ command }) => command)
  throw new TypeError(
    `Expected at most ${maxCommands} commands with a description in the scope ${scopeKey(scope)}, got ` +
      `${byName.size}: leave out the description of the others.`,
  )
}

function isSame(one: MenuCommand, other: MenuCommand): boolean {
  const texts = [one, other].map(({ description, languages, isEphemeral }) =>
    JSON.stringify([
      description,
      [...languages].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      isEphemeral,
    ]),
  )
  return texts[0] === texts[1]
}

function inLanguage(
  { name, description, languages, isEphemeral }: MenuCommand,
  code?: LanguageCode,
): BotCommand {
  const text = (code && languages.get(code)) ?? description
  return { command: name, description: text, ...(isEphemeral && { is_ephemeral: true }) }
}
