import { describeValue, unexpectedOption } from "../ground/expect-option.js"
import type { CallDefaults } from "./call-defaults.js"
import { hasParameter, type TextField, textFieldsIn, textFieldsOf } from "./text-fields.js"

type Fields = Readonly<Record<string, unknown>>

/** The defaults that have the name of a parameter of methods. */
const direct = [
  "allow_paid_broadcast",
  "disable_notification",
  "link_preview_options",
  "protect_content",
  "show_caption_above_media",
] as const

const names: readonly string[] = [...direct, "allow_sending_without_reply", "parse_mode"].toSorted()

/** The parameters, and members of parameters, whose objects have a parse mode of their own. */
const nestingMembers = [
  "checklist",
  "input_message_content",
  "media",
  "options",
  "result",
  "results",
  "tasks",
]

/**
 * The maximum depth at which texts get defaults. The limit ends the search in an object that contains itself;
 * the encoding refuses such an object later.
 */
const maxDepth = 5

/** The defaults of a bot, which are added to the parameters of its calls. */
export class DefaultParameters {
  readonly #defaults: CallDefaults

  /** @throws TypeError for an unknown default, and for a value that Telegram does not accept */
  constructor(defaults: CallDefaults) {
    if (typeof defaults !== "object" || defaults === null || Array.isArray(defaults)) {
      unexpectedOption("defaults", "an object", defaults)
    }
    for (const [name, value] of Object.entries(defaults)) {
      if (!names.includes(name)) {
        throw new TypeError(
          `Expected the \`defaults\` option to have only ${names.join(", ")}, got ${describeValue(name)}.`,
        )
      }
      if (value !== undefined) expectDefault(name, value)
    }
    this.#defaults = { ...defaults }
  }

  /** Returns the parameters of a call, with the defaults for missing parameters. */
  addTo(method: string, params: object | undefined): object | undefined {
    if (params !== undefined && (typeof params !== "object" || Array.isArray(params))) return params
    const given: Fields = { ...params }
    const added = {
      ...this.#directFor(method, given),
      ...this.#replyFor(method, given),
      ...this.#modesOf(textFieldsOf(method), given),
      ...this.#insideOf(given, 0),
    }
    return Object.keys(added).length === 0 ? params : { ...given, ...added }
  }

  #directFor(method: string, given: Fields): object {
    const added = direct.filter(
      (name) =>
        this.#defaults[name] !== undefined &&
        given[name] === undefined &&
        hasParameter(method, name),
    )
    return Object.fromEntries(added.map((name) => [name, this.#defaults[name]]))
  }

  #replyFor(method: string, given: Fields): object {
    const { allow_sending_without_reply } = this.#defaults
    const { reply_parameters: reply } = given
    if (allow_sending_without_reply === undefined || !isFields(reply)) return {}
    if (!hasParameter(method, "reply_parameters")) return {}
    if (reply["allow_sending_without_reply"] !== undefined) return {}
    return { reply_parameters: { ...reply, allow_sending_without_reply } }
  }

  /** Returns the parse mode for each plain text without entities. */
  #modesOf(fields: readonly [string, TextField][], given: Fields): object {
    const { parse_mode } = this.#defaults
    if (parse_mode === undefined) return {}
    const plain = fields.filter(
      ([name, { entities, mode }]) =>
        typeof given[name] === "string" && given[mode] === undefined && !isGiven(given[entities]),
    )
    return Object.fromEntries(plain.map(([, { mode }]) => [mode, parse_mode]))
  }

  /** Returns copies of the members whose objects contain texts, with the defaults added. */
  #insideOf(given: Fields, depth: number): object {
    if (depth > maxDepth) return {}
    const changed = nestingMembers
      .filter((name) => typeof given[name] === "object" && given[name] !== null)
      .map((name) => [name, this.#inside(name, given[name], depth)])
      .filter(([name, value]) => given[String(name)] !== value)
    return Object.fromEntries(changed) as object
  }

  #inside(member: string, value: unknown, depth: number): unknown {
    if (Array.isArray(value)) {
      const all = value.map((item) => this.#inside(member, item, depth))
      return all.some((item, index) => item !== value[index]) ? all : value
    }
    if (!isFields(value)) return value
    const { link_preview_options: preview } = this.#defaults
    const isText = member === "input_message_content" && "message_text" in value
    const added = {
      ...this.#modesOf(textFieldsIn(member), value),
      ...(isText &&
        preview !== undefined &&
        value["link_preview_options"] === undefined && { link_preview_options: preview }),
      ...this.#insideOf(value, depth + 1),
    }
    return Object.keys(added).length === 0 ? value : { ...value, ...added }
  }
}

function expectDefault(name: string, value: unknown): void {
  const option = `defaults.${name}`
  if (name === "parse_mode") {
    const isMode = value === "HTML" || value === "MarkdownV2" || value === "Markdown"
    if (!isMode) unexpectedOption(option, '"HTML", "MarkdownV2" or "Markdown"', value)
  } else if (name === "link_preview_options") {
    if (!isFields(value)) unexpectedOption(option, "an object", value)
  } else if (typeof value !== "boolean") unexpectedOption(option, "true or false", value)
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** Returns whether a value is an object with members of its own: no list, and no object of a class. */
function isFields(value: unknown): value is Fields {
  if (typeof value !== "object" || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
