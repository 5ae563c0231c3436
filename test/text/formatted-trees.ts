import fc from "fast-check"
import type { MessageEntity } from "../../src/telegram/types.js"
import {
  blockquote,
  bold,
  code,
  customEmoji,
  dateTime,
  expandableBlockquote,
  type FormattedText,
  italic,
  join,
  link,
  mention,
  pre,
  spoiler,
  strikethrough,
  underline,
} from "../../src/text/index.js"

const family = "👨‍👩‍👧‍👦"

/** Pieces of text with everything that markup could stumble over. */
const piece = fc.oneof(
  fc.constantFrom(
    ..."_*[]()~`>#+-=|{}.!\\<&\"'/:@ \n\tab1é👍".split(/(?:)/u),
    family,
    "\n\n",
    "&lt;",
  ),
  fc.constantFrom(
    "**",
    "__",
    "||",
    "```",
    "](",
    "</b>",
    "<b>",
    "\n>",
    "**>",
    "https://a.bc",
    "@someone",
  ),
)

/** Texts that a user could have typed. */
export const typed = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""))

const url = fc.constantFrom(
  "https://example.com/a(b)_c*?d=1&e=\"2\"'3'#>",
  "example.com",
  "tg://resolve?domain=a_b",
  String.raw`https://example.com/\)x`,
  "http://[::1]:80/~`",
)

const formats: readonly fc.Arbitrary<(inner: FormattedText) => FormattedText>[] = [
  fc.constantFrom(bold, italic, underline, strikethrough, spoiler),
  fc.constantFrom(code, blockquote, expandableBlockquote),
  fc.constantFrom("ts", "c++", undefined).map((language) => (inner) => pre(inner, language)),
  url.map((address) => (inner) => link(inner, address)),
  fc.constant((inner: FormattedText) => mention(inner, 42)),
  fc.constantFrom("r", "wDT").map((format) => (inner) => dateTime(inner, 1_700_000_000, format)),
]

/** Formatted texts of every nesting, those that Telegram does not allow included. */
export const trees: fc.Arbitrary<FormattedText> = fc.letrec<{ tree: FormattedText }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    typed.map((text) => join([text])),
    fc.constant(customEmoji("👍", "5368324170671202286")),
    fc.array(tie("tree"), { maxLength: 4 }).map((parts) => join(parts)),
    fc.tuple(fc.oneof(...formats), tie("tree")).map(([format, inner]) => format(inner)),
  ),
})).tree

const styles = ["bold", "italic", "underline", "strikethrough", "spoiler"]
const found = ["url", "mention", "hashtag", "cashtag", "email", "phone_number", "bot_command"]

/**
 * Returns what a reader sees of a text: for each style the letters that have it, and the other entities with the
 * letters that they hold. White space at the ends of entities does not count.
 */
export function seen(text: string, entities: readonly MessageEntity[]) {
  const letters = (entity: MessageEntity) =>
    Array.from({ length: entity.length }, (_, index) => entity.offset + index)
  const withoutEnds = (entity: MessageEntity) => {
    const inside = letters(entity)
    while (/\s/.test(text[inside[0] ?? -1] ?? "")) inside.shift()
    while (/\s/.test(text[inside.at(-1) ?? -1] ?? "")) inside.pop()
    return [inside[0], inside.at(-1)]
  }
  const seenStyles = styles.map((style) => {
    const all = entities.filter(({ type }) => type === style).flatMap(letters)
    return [style, [...new Set(all)].filter((at) => /\S/.test(text[at] ?? "")).toSorted(byNumber)]
  })
  const others = entities
    .filter(({ type }) => !styles.includes(type) && !found.includes(type))
    .map(({ offset, length, ...format }) => ({
      format: "user" in format ? { ...format, user: format.user.id } : format,
      letters: withoutEnds({ ...format, offset, length }),
    }))
    .filter(({ letters: [first] }) => first !== undefined)
  return { text, styles: Object.fromEntries(seenStyles) as Record<string, number[]>, others }
}

function byNumber(a: number | string, b: number | string): number {
  return Number(a) - Number(b)
}
