import { ownValue } from "../../ground/own-value.js"
import { unparsed } from "../open-entity.js"
import { textOf, type RichElement, type RichNode } from "./rich-tree.js"

/** A value as bots pass it in a `RichText`, not yet checked. */
export type GivenText = string | object | readonly GivenText[]

const styles: Readonly<Record<string, string>> = {
  ...{ b: "bold", strong: "bold", i: "italic", em: "italic", u: "underline", ins: "underline" },
  ...{ s: "strikethrough", strike: "strikethrough", del: "strikethrough", code: "code" },
  ...{ mark: "marked", sub: "subscript", sup: "superscript", "tg-spoiler": "spoiler" },
}

/**
 * Returns inline elements as a `RichText`.
 *
 * @param references the names of the references in the message
 */
export function inlineText(nodes: readonly RichNode[], references: ReadonlySet<string>): GivenText {
  const parts: GivenText[] = []
  for (const node of nodes) {
    const part = typeof node === "string" ? node.replaceAll(/\s+/g, " ") : inline(node, references)
    const last = parts.at(-1)
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part
    else parts.push(part)
  }
  const [first = ""] = parts
  return parts.length > 1 ? parts : first
}

/** Returns a text without the blanks at its ends. */
export function trimmed(text: GivenText): GivenText {
  if (typeof text === "string") return text.trim()
  if (!Array.isArray(text)) return text
  const parts: GivenText[] = [...(text as readonly GivenText[])]
  const [first, last] = [parts[0], parts.at(-1)]
  if (typeof last === "string") parts[parts.length - 1] = last.trimEnd()
  if (typeof first === "string") parts[0] = (parts[0] as string).trimStart()
  const shown = parts.filter((part) => part !== "")
  return shown.length === 1 ? (shown[0] ?? "") : shown
}

function inline(element: RichElement, references: ReadonlySet<string>): GivenText {
  const { name, attributes, children } = element
  const text = () => inlineText(children, references)
  const style = ownValue(styles, name)
  if (style !== undefined) return { type: style, text: text() }
  const value = (attribute: string) => attributes.get(attribute) ?? ""
  switch (name) {
    case "br":
      return "\n"
    case "a":
      return attributes.has("name") && children.length === 0
        ? { type: "anchor", name: value("name") }
        : link(value("href"), text(), references)
    case "tg-reference":
      return { type: "reference", text: text(), name: value("name") }
    case "tg-emoji":
      return emoji(value("emoji-id"), textOf(children))
    case "img":
      if (emojiId(element) !== undefined) return emoji(emojiId(element) ?? "", value("alt"))
      break
    case "tg-time": {
      const date_time_format = value("format")
      return { type: "date_time", text: text(), unix_time: Number(value("unix")), date_time_format }
    }
    case "tg-math":
      return { type: "mathematical_expression", expression: textOf(children) }
    case "tg-button":
      return { type: "button", button: richButton(element, references) }
  }
  throw unparsed(`Tag "${name}" must be a separate block`)
}

function emoji(custom_emoji_id: string, alternative_text: string): GivenText {
  return { type: "custom_emoji", custom_emoji_id, alternative_text }
}

/** Returns the id of the custom emoji that an image is; `undefined` for any other image. */
export function emojiId({ name, attributes }: RichElement): string | undefined {
  return name === "img"
    ? /^tg:\/\/emoji\?id=(\d+)$/.exec(attributes.get("src") ?? "")?.[1]
    : undefined
}

function link(href: string, text: GivenText, references: ReadonlySet<string>): GivenText {
  const [, scheme = "", rest = ""] = /^(mailto:|tel:|tg:\/\/user\?id=|#)(.*)$/s.exec(href) ?? []
  switch (scheme) {
    case "mailto:":
      return { type: "email_address", text, email_address: rest }
    case "tel:":
      return { type: "phone_number", text, phone_number: rest }
    case "tg://user?id=":
      return { type: "text_mention", text, user: { id: Number(rest) } }
    case "#":
      return references.has(rest)
        ? { type: "reference_link", text, reference_name: rest }
        : { type: "anchor_link", text, anchor_name: rest }
    default:
      return href === "" ? text : { type: "url", text, url: href }
  }
}

const chatKinds = ["user", "bot", "group", "channel"]

/** Returns a `tg-button` as a button. */
export function richButton(
  { attributes, children }: RichElement,
  references: ReadonlySet<string>,
): object {
  const value = (name: string) => attributes.get(name) ?? ""
  const style = attributes.has("style") ? { style: value("style") } : {}
  const shown = { text: trimmed(inlineText(children, references)), ...style }
  const type = value("type")
  switch (type) {
    case "url":
      return { ...shown, url: value("url") }
    case "callback_data":
      return { ...shown, callback_data: value("data") }
    case "web_app":
      return { ...shown, web_app: { url: value("url") } }
    case "login_url": {
      const forward_text = value("forward-text")
      const request_write_access = attributes.has("request-write-access")
      return { ...shown, login_url: { url: value("url"), forward_text, request_write_access } }
    }
    case "switch_inline_query":
    case "switch_inline_query_current_chat":
      return { ...shown, [type]: value("query") }
    case "switch_inline_query_chosen_chat": {
      const allowed = chatKinds.map((kind) => [
        `allow_${kind}_chats`,
        attributes.has(`allow-${kind}-chats`),
      ])
      return { ...shown, [type]: { query: value("query"), ...Object.fromEntries(allowed) } }
    }
    case "copy_text":
      return { ...shown, copy_text: { text: value("text") } }
    case "disabled":
      return { ...shown, disabled: {} }
    default:
      throw unparsed(`Unsupported button type "${type}"`)
  }
}
