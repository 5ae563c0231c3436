import type { AdminBot } from "./bot-directory.js"
import type { ExplainedError } from "./explain-error.js"
import { type Html, html, type HtmlPart } from "./html.js"

/** The number of colours of avatars. */
const colours = 7

/** Returns a whole page. */
export function pageFrame(
  title: string,
  { list, main, isBot }: { readonly list: Html; readonly main: Html; readonly isBot: boolean },
): Html {
  return html`<!doctype html>
    <html lang="en" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Sounder</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <div class="app${isBot ? " bot-is-open" : ""}">${list}${main}</div>
      </body>
    </html> `
}

/** Returns a coloured circle with the first letter of a bot's name. */
export function avatar({ botId, name }: Pick<AdminBot, "botId" | "name">): Html {
  const [letter = "B"] = (name ?? "B").trim().toUpperCase()
  return html`<span class="avatar avatar-${botId % colours}" aria-hidden="true">${letter}</span>`
}

/** Returns the name of a bot, which cannot change the order of the texts around it. */
export function botName({ botId, name }: Pick<AdminBot, "botId" | "name">): Html {
  return name === undefined ? html`Bot ${botId}` : html`<bdi>${name}</bdi>`
}

/** Returns a foreign text, which cannot change the order of the texts around it. */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** Returns a number with separators. */
export function count(number: number): string {
  return number.toLocaleString("en")
}

/** Returns a point in time, in milliseconds since 1970. */
export function time(at: number): Html {
  const text = new Date(at).toISOString()
  return html`<time datetime="${text}">${text.slice(0, 19).replace("T", " ")} UTC</time>`
}

/** Returns an error with its explanation, as a message of the chat page. */
export function errorBubble({ text, code, meaning }: ExplainedError, more: HtmlPart = []): Html {
  return html`<li class="bubble">
    <p class="error-text">${foreign(text)}</p>
    ${meaning !== undefined && html`<p class="meaning">${withCode(meaning)}</p>`}
    <p class="dim">${code !== undefined && html`<code>${code}</code> `}${more}</p>
  </li>`
}

/** Returns a text of the documentation, in which backticks enclose code. */
function withCode(text: string): HtmlPart {
  return text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))
}
