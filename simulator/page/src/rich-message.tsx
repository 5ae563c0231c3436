import type { ComponentChildren } from "preact"
import type {
  Message,
  RichBlock,
  RichBlockCaption,
  RichMessageButton,
  RichText as Text,
} from "../../../src/telegram/types.js"
import { store } from "./page-store.js"
import { act, fileUrl } from "./server.js"

interface Props {
  readonly message: Message
  /** The key of its chat. */
  readonly chat: string
}

type Press = (data: string) => void

/** A message with headings, lists, tables and media. */
export function RichMessageView({ message, chat }: Props) {
  const press = (data: string) =>
    void act("press", { as: store.state.me, chat, message_id: message.message_id, data })
  const { blocks, is_rtl } = message.rich_message ?? { blocks: [] }
  return (
    <div class="rich-message" dir={is_rtl === true ? "rtl" : "auto"}>
      <Blocks blocks={blocks} press={press} />
    </div>
  )
}

function Blocks({
  blocks,
  press,
}: {
  readonly blocks: readonly RichBlock[]
  readonly press: Press
}) {
  return blocks.map((block, index) => <Block key={index} block={block} press={press} />)
}

function Block({ block, press }: { readonly block: RichBlock; readonly press: Press }) {
  const shown = (text: Text | undefined) => (text === undefined ? null : piece(text, press))
  switch (block.type) {
    case "heading":
      return <p class={`rich-heading size-${block.size}`}>{shown(block.text)}</p>
    case "paragraph":
    case "thinking":
      return <p>{shown(block.text)}</p>
    case "pre":
      return (
        <pre>
          <code>{shown(block.text)}</code>
        </pre>
      )
    case "footer":
      return <footer>{shown(block.text)}</footer>
    case "divider":
      return <hr />
    case "mathematical_expression":
      return <pre>{block.expression}</pre>
    case "anchor":
      return null
    case "list":
      return (
        <ul>
          {block.items.map(({ label, blocks, has_checkbox, is_checked }, index) => (
            <li key={index}>
              <span>{has_checkbox === true ? (is_checked === true ? "☑" : "☐") : label}</span>
              <div>
                <Blocks blocks={blocks} press={press} />
              </div>
            </li>
          ))}
        </ul>
      )
    case "blockquote":
      return (
        <blockquote>
          <Blocks blocks={block.blocks} press={press} />
          {shown(block.credit)}
        </blockquote>
      )
    case "expandable_blockquote":
    case "pullquote":
      return (
        <blockquote>
          {shown(block.text)}
          {block.credit === undefined ? null : <footer>{shown(block.credit)}</footer>}
        </blockquote>
      )
    case "details":
      return (
        <details open={block.is_open === true}>
          <summary>{shown(block.summary)}</summary>
          <Blocks blocks={block.blocks} press={press} />
        </details>
      )
    case "table":
      return (
        <table>
          {block.caption === undefined ? null : <caption>{shown(block.caption)}</caption>}
          <tbody>
            {block.cells.map((row, index) => (
              <tr key={index}>
                {row.map(({ text, is_header, colspan, rowspan }, at) => {
                  const Cell = is_header === true ? "th" : "td"
                  return (
                    <Cell key={at} colSpan={colspan ?? 1} rowSpan={rowspan ?? 1}>
                      {shown(text)}
                    </Cell>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )
    case "buttons":
      return (
        <p>
          {block.buttons.map((button, index) => (
            <RichButton key={index} button={button} press={press} />
          ))}
        </p>
      )
    case "collage":
    case "slideshow":
      return (
        <Figure caption={block.caption} press={press}>
          <Blocks blocks={block.blocks} press={press} />
        </Figure>
      )
    case "map": {
      const { latitude, longitude } = block.location
      return (
        <Figure caption={block.caption} press={press}>
          Map: {latitude}, {longitude}
        </Figure>
      )
    }
    default:
      return (
        <Figure caption={block.caption} press={press}>
          <Medium block={block} />
        </Figure>
      )
  }
}

type MediaBlock = Extract<
  RichBlock,
  { type: "animation" | "audio" | "document" | "photo" | "video" | "voice_note" }
>

function Medium({ block }: { readonly block: MediaBlock }) {
  switch (block.type) {
    case "photo":
      return <img class="picture" src={fileUrl(block.photo.at(-1)?.file_id ?? "")} alt="Photo" />
    case "video":
    case "animation": {
      const { file_id } = block.type === "video" ? block.video : block.animation
      return <video class="picture" controls src={fileUrl(file_id)} aria-label="Video" />
    }
    case "audio":
    case "voice_note": {
      const { file_id } = block.type === "audio" ? block.audio : block.voice_note
      return <audio controls preload="none" src={fileUrl(file_id)} aria-label="Audio" />
    }
    case "document":
      return <a href={fileUrl(block.document.file_id)}>{block.document.file_name ?? "file"}</a>
  }
}

interface FigureProps {
  readonly caption: RichBlockCaption | undefined
  readonly press: Press
  readonly children: ComponentChildren
}

function Figure({ caption, press, children }: FigureProps) {
  return (
    <figure>
      {children}
      {caption === undefined ? null : <figcaption>{piece(caption.text, press)}</figcaption>}
    </figure>
  )
}

function RichButton({
  button,
  press,
}: {
  readonly button: RichMessageButton
  readonly press: Press
}) {
  const label = piece(button.text, press)
  if ("url" in button) {
    return (
      <a href={button.url} target="_blank" rel="noreferrer">
        {label}
      </a>
    )
  }
  const data = "callback_data" in button ? button.callback_data : undefined
  return (
    <button
      type="button"
      class="link"
      disabled={data === undefined}
      onClick={() => press(data ?? "")}
    >
      {label}
    </button>
  )
}

const tags = {
  ...({ bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" } as const),
  ...({ subscript: "sub", superscript: "sup", marked: "mark" } as const),
} as const

/** Returns a text with its formatting; HTML in the text is never interpreted. */
function piece(text: Text, press: Press): ComponentChildren {
  if (typeof text === "string") return text
  if (Array.isArray(text)) return text.map((each) => piece(each, press))
  if (text.type === "custom_emoji") return text.alternative_text
  if (text.type === "mathematical_expression") return <code>{text.expression}</code>
  if (text.type === "anchor") return null
  if (text.type === "button") return <RichButton button={text.button} press={press} />
  if (text.type === "url" && /^https?:/i.test(text.url)) {
    return (
      <a href={text.url} target="_blank" rel="noreferrer">
        {piece(text.text, press)}
      </a>
    )
  }
  const Tag = text.type in tags ? tags[text.type as keyof typeof tags] : "span"
  return <Tag>{piece(text.text, press)}</Tag>
}
