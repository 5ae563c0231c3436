import type { ComponentChild, ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import type { MessageEntity } from "../../../src/telegram/types.js"

interface Props {
  readonly text: string
  readonly entities?: readonly MessageEntity[] | undefined
  /** Called when a command in the text is pressed. */
  readonly onCommand?: ((command: string) => void) | undefined
}

/** A text with its entities; HTML in the text is never interpreted. */
export function RichText({ text, entities = [], onCommand }: Props) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length)
  return (
    <div class="rich-text" dir="auto">
      {piecesOf(text, { from: 0, to: text.length }, ordered, onCommand)}
    </div>
  )
}

// Entities are nested or disjoint; an entity that overlaps another one partly is dropped.
function piecesOf(
  text: string,
  { from, to }: { from: number; to: number },
  entities: readonly MessageEntity[],
  onCommand: Props["onCommand"],
): ComponentChild[] {
  const pieces: ComponentChild[] = []
  let at = from
  for (const [index, entity] of entities.entries()) {
    const end = entity.offset + entity.length
    if (entity.offset < at || end > to || entity.length <= 0) continue
    const inner = entities.slice(index + 1).filter((other) => other.offset < end)
    const range = { from: entity.offset, to: end }
    pieces.push(text.slice(at, entity.offset))
    const shown = text.slice(entity.offset, end)
    pieces.push(
      <Entity entity={entity} shown={shown} onCommand={onCommand}>
        {piecesOf(text, range, inner, onCommand)}
      </Entity>,
    )
    at = end
  }
  pieces.push(text.slice(at, to))
  return pieces
}

interface EntityProps {
  readonly entity: MessageEntity
  readonly shown: string
  readonly onCommand: Props["onCommand"]
  readonly children: ComponentChildren
}

function Entity({ entity, shown, onCommand, children }: EntityProps) {
  switch (entity.type) {
    case "bold":
      return <strong>{children}</strong>
    case "italic":
      return <em>{children}</em>
    case "underline":
      return <u>{children}</u>
    case "strikethrough":
      return <s>{children}</s>
    case "code":
      return <code>{children}</code>
    case "pre":
      return <Preformatted language={entity.language ?? ""}>{children}</Preformatted>
    case "blockquote":
    case "expandable_blockquote":
      return <blockquote>{children}</blockquote>
    case "spoiler":
      return <Spoiler>{children}</Spoiler>
    case "bot_command":
      return (
        <button type="button" class="link" onClick={() => onCommand?.(shown)}>
          {children}
        </button>
      )
    case "text_link":
      return <Link to={entity.url}>{children}</Link>
    case "url":
      return <Link to={/^\w+:/.test(shown) ? shown : `https://${shown}`}>{children}</Link>
    case "email":
      return <Link to={`mailto:${shown}`}>{children}</Link>
    default:
      return <span class="mention">{children}</span>
  }
}

function Preformatted({ language, children }: { language: string; children: ComponentChildren }) {
  return (
    <pre tabIndex={0} role="group" aria-label={language === "" ? "Code" : `${language} code`}>
      {language === "" ? null : <span class="language">{language}</span>}
      <code>{children}</code>
    </pre>
  )
}

function Spoiler({ children }: { children: ComponentChildren }) {
  const [isShown, show] = useState(false)
  if (isShown) return <span class="spoiler-shown">{children}</span>
  return (
    <button
      type="button"
      class="spoiler"
      aria-label="Spoiler: show the text"
      onClick={() => show(true)}
    >
      <span aria-hidden="true">{children}</span>
    </button>
  )
}

function Link({ to, children }: { to: string; children: ComponentChildren }) {
  const isSafe = /^(https?|mailto|tel|tg):/i.test(to)
  if (!isSafe) return <span class="mention">{children}</span>
  return (
    <a href={to} title={to} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}
