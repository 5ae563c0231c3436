import { once } from "node:events"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { WebhookInfo } from "../../src/telegram/types.js"
import { portOf } from "./free-port.js"

/** One call as it came. */
export interface RecordedCall {
  readonly method: string
  /** The parameters as text; an uploaded file as its contents. */
  readonly params: Readonly<Record<string, string>>
}

/** A function that answers a method in an unusual way. */
export type Script = (response: ServerResponse) => void

/** A Bot API that remembers one webhook, records every call and misbehaves on request. */
export class WebhookTelegram {
  readonly calls: RecordedCall[] = []
  /** The scripts by method; an empty list means normal answers. */
  readonly scripts = new Map<string, Script[]>()
  /** The answer to `getWebhookInfo`. */
  info: WebhookInfo = noWebhook()
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on("request", (request, response) => void this.#answer(request, response))
  }

  static async start(): Promise<WebhookTelegram> {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    return new WebhookTelegram(server)
  }

  get apiRoot(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`
  }

  /** The names of the called methods, in order. */
  get methods(): string[] {
    return this.calls.map(({ method }) => method)
  }

  /** The parameters of the last `setWebhook`. */
  get registered(): RecordedCall["params"] | undefined {
    return this.calls.findLast(({ method }) => method === "setWebhook")?.params
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    if (this.#server.listening) await once(this.#server, "close")
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.url?.split("/").at(-1) ?? ""
    const params = await readParams(request)
    this.calls.push({ method, params })
    const script = this.scripts.get(method)?.shift()
    if (script) script(response)
    else reply(response, 200, { ok: true, result: this.#resultOf(method, params) })
  }

  #resultOf(method: string, params: RecordedCall["params"]): unknown {
    if (method !== "setWebhook") return this.info
    this.info = infoAfter(params)
    return true
  }
}

/** Answers with an error of Telegram. */
export function apiError(code: number, description: string, parameters?: object): Script {
  return (response) => {
    reply(response, code, { ok: false, error_code: code, description, parameters })
  }
}

/** Answers with a gateway's page in place of Telegram's JSON. */
export const htmlPage: Script = (response) => {
  response.writeHead(502, { "content-type": "text/html" }).end("<html>Bad Gateway</html>")
}

/** Cuts the connection in the middle of the answer. */
export const cut: Script = (response) => {
  response.writeHead(200, { "content-length": "100" })
  response.write("{", () => response.destroy())
}

/** Never answers. */
export const silence: Script = () => {}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

function noWebhook(): WebhookInfo {
  return { url: "", has_custom_certificate: false, pending_update_count: 0 }
}

function infoAfter(params: RecordedCall["params"]): WebhookInfo {
  const { url = "", certificate, max_connections = "40", ip_address, allowed_updates } = params
  return {
    url,
    has_custom_certificate: certificate !== undefined,
    pending_update_count: 0,
    max_connections: Number(max_connections),
    ip_address: ip_address ?? "198.51.100.1",
    ...(allowed_updates !== undefined && { allowed_updates: JSON.parse(allowed_updates) }),
  }
}

async function readParams(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set
  const body = Buffer.concat(chunks).toString()
  if (body === "") return {}
  const boundary = /boundary="?([^";]+)/.exec(request.headers["content-type"] ?? "")?.[1]
  return boundary === undefined ? ofJson(body) : ofParts(body, boundary)
}

function ofJson(body: string): Record<string, string> {
  const entries = Object.entries(JSON.parse(body) as object)
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  )
}

function ofParts(body: string, boundary: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const part of body.split(`--${boundary}`)) {
    const name = /name="([^"]*)"/.exec(part)?.[1]
    if (name !== undefined) fields[name] = part.slice(part.indexOf("\r\n\r\n") + 4, -2)
  }
  return fields
}
