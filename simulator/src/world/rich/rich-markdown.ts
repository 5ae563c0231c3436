import mime from "mime"
import type {
  MarkedExtension,
  Tokenizer,
  TokenizerAndRendererExtension,
  TokenizerObject,
  Tokens,
} from "marked"

let loaded: Promise<(markdown: string) => string> | undefined

/** Returns a rich message in Markdown as HTML. The parser is loaded at the first call. */
export async function htmlOfMarkdown(markdown: string): Promise<string> {
  loaded ??= import("marked").then(({ Marked, Tokenizer }) => {
    const tokenizer = tokenizerOver(new Tokenizer())
    const marked = new Marked<string, string>({ ...options, tokenizer })
    return (text) => marked.parse(text, { async: false })
  })
  return (await loaded)(markdown)
}

/** Returns the extension for a text between two marks, which can contain other marks. */
function between(mark: string, tag: string): TokenizerAndRendererExtension {
  return {
    name: tag,
    level: "inline",
    start: (source) => placeOf(source, mark),
    tokenizer(source) {
      const end = source.startsWith(mark) ? source.indexOf(mark, mark.length + 1) : -1
      if (end === -1) return undefined
      const text = source.slice(mark.length, end)
      const tokens = this.lexer.inlineTokens(text)
      return { type: tag, raw: source.slice(0, end + mark.length), tokens }
    },
    renderer({ tokens = [] }) {
      return `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`
    },
  }
}

/** Returns the extension for a text that is shown as it is. */
function literal(
  name: string,
  level: "inline" | "block",
  {
    mark,
    pattern,
    html,
  }: {
    readonly mark: string
    readonly pattern: RegExp
    readonly html: (text: string) => string
  },
): TokenizerAndRendererExtension {
  return {
    name,
    level,
    start: (source) => placeOf(source, level === "block" ? `\n${mark}` : mark),
    tokenizer(source) {
      const found = pattern.exec(source)
      return found ? { type: name, raw: found[0], text: found[1] ?? "" } : undefined
    },
    renderer: (token) => html(String(token["text"])),
  }
}

const footnote: TokenizerAndRendererExtension = {
  name: "footnote",
  level: "block",
  start: (source) => placeOf(source, "\n[^"),
  tokenizer(source) {
    const [raw, id, text = ""] = /^\[\^([\w-]{1,64})\]: ([^\n]*)(?:\n|$)/.exec(source) ?? []
    if (raw === undefined) return undefined
    return { type: "footnote", raw, id, tokens: this.lexer.inlineTokens(text) }
  },
  renderer(token) {
    const text = this.parser.parseInline(token.tokens ?? [])
    return `<p><tg-reference name="${String(token["id"])}">${text}</tg-reference></p>\n`
  },
}

const options: MarkedExtension = {
  gfm: true,
  extensions: [
    between("==", "mark"),
    between("||", "tg-spoiler"),
    literal("formulaBlock", "block", {
      mark: "$$",
      pattern: /^\$\$([^$]+)\$\$(?:\n|$)/,
      html: (text) => `<tg-math-block>${escaped(text.trim())}</tg-math-block>\n`,
    }),
    literal("formula", "inline", {
      mark: "$",
      pattern: /^\$(?![\s$])([^$\n]*[^\s$\n])\$(?!\d)/,
      html: (text) => `<tg-math>${escaped(text)}</tg-math>`,
    }),
    footnote,
    literal("footnoteLink", "inline", {
      mark: "[^",
      pattern: /^\[\^([\w-]{1,64})\]/,
      html: (id) => `<a href="#${id}">[${id}]</a>`,
    }),
  ],
  renderer: {
    code({ text, lang = "" }) {
      if (lang === "math") return `<tg-math-block>${escaped(text)}</tg-math-block>\n`
      const language = lang === "" ? "" : ` class="language-${escaped(lang.split(/\s/)[0] ?? "")}"`
      return `<pre><code${language}>${escaped(text)}</code></pre>\n`
    },
    table({ header, rows }) {
      const cell = (tag: string, { tokens, align }: Tokens.TableCell) =>
        `<${tag}${align ? ` align="${align}"` : ""}>${this.parser.parseInline(tokens)}</${tag}>`
      const row = (tag: string, cells: readonly Tokens.TableCell[]) =>
        `<tr>${cells.map((each) => cell(tag, each)).join("")}</tr>`
      return `<table>${row("th", header)}${rows.map((cells) => row("td", cells)).join("")}</table>\n`
    },
    image: ({ href, title, text }) => imageHtml(href, title ?? "", text),
  },
}

// A text without marks. A line break after blanks is one of its own.
const unmarked = /^(?:`+|~+|[^`~])(?:[^\\<![`*~_ ]| (?! )| {2,}(?![ \n]))*/

/** Returns the changes of the parser of texts. */
function tokenizerOver(tokenizer: Tokenizer): TokenizerObject {
  return {
    // Links without marks are detected like those of HTML.
    url: () => undefined,
    // The parser would search the rest of the message for an address after each mark.
    inlineText(source) {
      return tokenizer.inlineText.call(this, unmarked.exec(source)?.[0] ?? source)
    },
  }
}

/** Returns the HTML of an image: its kind is that of its address. */
function imageHtml(href: string, title: string, text: string): string {
  const emoji = /^tg:\/\/emoji\?id=(\d+)$/.exec(href)?.[1]
  if (emoji !== undefined) return `<tg-emoji emoji-id="${emoji}">${escaped(text)}</tg-emoji>`
  if (href.startsWith("tg://time?")) {
    const time = new URLSearchParams(href.slice("tg://time?".length))
    const of = (name: string) => escaped(time.get(name) ?? "")
    return `<tg-time unix="${of("unix")}" format="${of("format")}">${escaped(text)}</tg-time>`
  }
  const medium = `<${tagOf(href)} src="${escaped(href)}"></${tagOf(href)}>`
  if (title === "") return medium
  return `<figure>${medium}<figcaption>${escaped(title)}</figcaption></figure>`
}

function tagOf(href: string): string {
  const named = /^tg:\/\/(photo|video|audio|document)\?/.exec(href)?.[1]
  const path = href.split(/[?#]/)[0] ?? ""
  const kind = named ?? (/\.gif$/i.test(path) ? "video" : (mime.getType(path) ?? "document"))
  if (/^(?:photo|image)\b/.test(kind)) return "img"
  if (/^video\b/.test(kind)) return "video"
  return /^audio\b/.test(kind) ? "audio" : "tg-document"
}

function placeOf(source: string, mark: string): number | undefined {
  const at = source.indexOf(mark)
  return at === -1 ? undefined : at
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
}
