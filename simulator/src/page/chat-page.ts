import type { IncomingMessage, ServerResponse } from "node:http"
import { ActionInput } from "./action-input.js"
import { chatActions } from "./chat-actions.js"
import { chatOfKey } from "./chat-key.js"
import { faultActions } from "./fault-actions.js"
import { inlineActions } from "./inline-actions.js"
import { makeActions } from "./make-actions.js"
import { markActions } from "./mark-actions.js"
import { mediaType } from "./media-type.js"
import { PageFeed } from "./page-feed.js"
import type { ActionTable } from "./page-action.js"
import type { PageParts } from "./page-parts.js"
import { messagesBefore } from "./page-view.js"
import { foreignRefusal } from "../http/own-origin.js"
import { search } from "./search.js"
import { shareActions } from "./share-actions.js"
import { topicActions } from "./topic-actions.js"
import { staticFiles, type StaticFile } from "./static-files.js"
import { widgetDocument, widgetSafety } from "./widget-document.js"
import { errorMessage } from "../ground/thrown-error.js"

const actions: ActionTable = {
  ...makeActions,
  ...chatActions,
  ...inlineActions,
  ...markActions,
  ...faultActions,
  ...topicActions,
  ...shareActions,
}
const maxBodyBytes = 70 * 1_048_576

const safety = {
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-src 'self'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
}

/** The server side of the chat page: its files, its event stream and its actions. */
export class ChatPage {
  readonly #parts: PageParts
  readonly #files: ReadonlyMap<string, StaticFile>
  readonly #feed: PageFeed

  /** Throws if the page has not been built. */
  constructor(parts: PageParts) {
    this.#parts = parts
    this.#files = staticFiles()
    this.#feed = new PageFeed(parts)
  }

  /** Handles a request of the page; returns false for a request of the Bot API. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    // A path that begins with two slashes would be parsed as a host.
    const target = request.url ?? ""
    if (!/^\/(?:$|[?#]|page\/)/.test(target)) return false
    const url = new URL(target, "http://page.invalid")
    const reason = foreignRefusal(request, this.#parts.host)
    if (reason === undefined) void this.#answer(url, request, response)
    else sendJson(response, 403, { ok: false, error: `Refused: ${reason}` })
    return true
  }

  /** Closes all connections. */
  close(): void {
    this.#feed.close()
  }

  async #answer(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.method === "POST") await this.#act(url, request, response)
      else if (request.method === "GET") this.#show(url, request, response)
      else sendJson(response, 405, { ok: false, error: "Only GET and POST" })
    } catch (error) {
      const status = error instanceof TypeError ? 400 : 500
      sendJson(response, status, { ok: false, error: errorMessage(error) })
    }
  }

  #show(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const file = this.#files.get(url.pathname)
    if (file !== undefined) return send(response, 200, file)
    const lastId = request.headers["last-event-id"] ?? url.searchParams.get("last") ?? ""
    if (url.pathname === "/page/events") return this.#feed.connect(response, String(lastId))
    if (url.pathname === "/page/messages") return this.#showMessages(url, response)
    if (url.pathname === "/page/search") return this.#search(url, response)
    if (url.pathname === "/page/widget") return this.#showWidget(url, response)
    if (url.pathname === "/page/file") return this.#showFile(url, response)
    sendJson(response, 404, { ok: false, error: "Not found" })
  }

  #showMessages({ searchParams }: URL, response: ServerResponse): void {
    const where = chatOfKey(this.#parts.world, searchParams.get("chat") ?? "")
    const before = Number(searchParams.get("before") ?? Number.POSITIVE_INFINITY)
    const from = Number(searchParams.get("from") ?? before)
    sendJson(response, 200, messagesBefore(this.#parts.world, where, { before, from }))
  }

  #search({ searchParams }: URL, response: ServerResponse): void {
    const where = chatOfKey(this.#parts.world, searchParams.get("chat") ?? "")
    sendJson(response, 200, { ids: search(where, searchParams.get("text") ?? "") })
  }

  #showFile({ searchParams }: URL, response: ServerResponse): void {
    const file = this.#parts.world.files.find(searchParams.get("id") ?? "")
    if (file === undefined) throw new TypeError("There is no such file")
    const type = mediaType(file.bytes)
    send(
      response,
      200,
      { type: type ?? "application/octet-stream", bytes: file.bytes },
      type === undefined ? { "Content-Disposition": "attachment" } : {},
    )
  }

  #showWidget(url: URL, response: ServerResponse): void {
    const bytes = widgetDocument(this.#parts.world, url)
    send(response, 200, { type: "text/html; charset=utf-8", bytes }, widgetSafety)
  }

  async #act(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = url.pathname.slice("/page/".length)
    const act = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (act === undefined) throw new TypeError("There is no such action")
    const input = new ActionInput(await readJson(request))
    const result = await act({ input, parts: this.#parts, feed: this.#feed })
    sendJson(response, 200, { ok: true, ...result })
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  // A request without an encoding emits buffers.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw new TypeError("The request is too large")
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new TypeError("Expected JSON")
  }
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  send(response, status, { type: "application/json", bytes: Buffer.from(JSON.stringify(value)) })
}

function send(response: ServerResponse, status: number, file: StaticFile, headers = {}): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, {
    ...safety,
    "Content-Type": file.type,
    "Content-Length": file.bytes.length,
    ...headers,
  })
  response.end(file.bytes)
}
