import { expectText, unexpectedOption } from "../../ground/expect-option.js"
import type { ApiParameters } from "../../telegram/api.js"
import type { BotCommandScope } from "../../telegram/types.js"

/** A language of the list of commands. */
export type LanguageCode = NonNullable<ApiParameters<"setMyCommands">["language_code"]>

/** Options of a command that is shown in the list of commands, which `dispatcher.syncCommands` sets. */
export interface CommandMenuOptions {
  /** The description, 1 to 256 characters. Default: none; the command is in no list then. */
  readonly description?: string
  /**
   * The scopes whose users see the command. Users of a narrower scope see it, too. Default: all users.
   *
   * @see https://core.telegram.org/bots/api#botcommandscope
   */
  readonly scopes?: readonly BotCommandScope[]
  /**
   * The descriptions for users of other languages, by ISO 639-1 code, as in `{ de: "Hilfe" }`. Default: none.
   */
  readonly languages?: Readonly<Record<string, string>>
  /** Whether the answer to the command is ephemeral: only the sender sees it. Default: `false`. */
  readonly isEphemeral?: boolean
}

/** A command in the lists of commands. */
export interface MenuCommand {
  /** The name, without the slash, in lower case. */
  readonly name: string
  readonly description: string
  readonly scopes: readonly BotCommandScope[]
  /** The descriptions by language code. */
  readonly languages: ReadonlyMap<LanguageCode, string>
  readonly isEphemeral: boolean
}

/** The maximum lengths of a command's name and description in a list. */
const [maxName, maxDescription] = [32, 256]

const scopeFields: Readonly<Record<BotCommandScope["type"], readonly string[]>> = {
  default: [],
  all_private_chats: [],
  all_group_chats: [],
  all_chat_administrators: [],
  chat: ["chat_id"],
  chat_administrators: ["chat_id"],
  chat_member: ["chat_id", "user_id"],
}

/**
 * Returns the command of a registration for the lists of commands; `undefined` without a description.
 *
 * @param name the first name of the command; `undefined` for a pattern
 * @throws TypeError for a wrong option
 */
export function menuCommand(
  name: string | undefined,
  options: CommandMenuOptions,
): MenuCommand | undefined {
  const { description, scopes, languages, isEphemeral } = options
  if (description === undefined) {
    const unused = Object.entries({ scopes, languages, isEphemeral }).find(([, value]) => value)
    if (!unused) return undefined
    throw new TypeError(
      `Expected the \`description\` option next to \`${unused[0]}\`: a command without it is in no list.`,
    )
  }
  if (name === undefined) {
    throw new TypeError(
      "Expected no `description` option for a pattern: list the command by a name.",
    )
  }
  if (name.length > maxName) {
    throw new TypeError(
      `Expected a command's name of at most ${maxName} characters with a \`description\`, got "${name}".`,
    )
  }
  if (isEphemeral !== undefined && typeof isEphemeral !== "boolean") {
    unexpectedOption("isEphemeral", "true or false", isEphemeral)
  }
  return {
    name,
    description: expectDescription("description", description),
    scopes: (scopes ?? [{ type: "default" }]).map(expectScope),
    languages: expectLanguages(languages ?? {}),
    isEphemeral: isEphemeral ?? false,
  }
}

function expectDescription(name: string, value: unknown): string {
  const text = expectText(name, value)
  if (text.length <= maxDescription && text.trim() !== "") return text
  return unexpectedOption(name, `a text of 1 to ${maxDescription} characters`, value)
}

function expectLanguages(languages: unknown): ReadonlyMap<LanguageCode, string> {
  if (typeof languages !== "object" || languages === null) {
    return unexpectedOption("languages", 'an object, as in `{ de: "Hilfe" }`', languages)
  }
  const entries = Object.entries(languages).map(([code, description]) => {
    return [expectLanguage(code), expectDescription(`languages.${code}`, description)] as const
  })
  return new Map(entries)
}

/**
 * Returns a language code.
 *
 * @throws TypeError for a code that Telegram does not accept
 */
export function expectLanguage(code: unknown): LanguageCode {
  // Telegram accepts every code of two letters.
  if (typeof code === "string" && /^[a-z]{2}$/.test(code)) return code as LanguageCode
  return unexpectedOption("languages", "ISO 639-1 codes of two lower-case letters", code)
}

/**
 * Returns a scope with the fields of its type only, in a fixed order.
 *
 * @throws TypeError for an unknown type or a missing field
 */
export function expectScope(scope: BotCommandScope): BotCommandScope {
  const { type }: { type?: unknown } = scope ?? {}
  const known = typeof type === "string" && Object.hasOwn(scopeFields, type)
  if (!known) {
    return unexpectedOption(
      "scopes",
      `a list of scopes: ${Object.keys(scopeFields).join(", ")}`,
      type,
    )
  }
  const fields = scopeFields[scope.type].map((field) => [field, Reflect.get(scope, field)] as const)
  for (const [field, value] of fields) {
    const isId = Number.isSafeInteger(value) || (typeof value === "string" && value !== "")
    if (!isId) unexpectedOption(`scopes: ${type}.${field}`, "an id", value)
  }
  // The fields of the type have been checked.
  return { type, ...Object.fromEntries(fields) } as BotCommandScope
}
