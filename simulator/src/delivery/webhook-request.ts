import { hostHeader, type WebhookUrl } from "./webhook-url.js"

// Telegram never sends a longer header block.
const maxHeaderBytes = 4068

/**
 * A builder of webhook requests with exactly Telegram's headers, in Telegram's order and letter
 * case.
 */
export class WebhookRequest {
  readonly #before: string
  readonly #between = "\r\nConnection: keep-alive\r\nAccept-Encoding: gzip, deflate\r\n\r\n"

  constructor(url: WebhookUrl, secretToken: string) {
    const { userInfo } = url
    const lines = [
      `POST ${rawBytes(url.target)} HTTP/1.1`,
      `Host: ${hostHeader(url)}`,
      ...(userInfo === undefined ? [] : [`Authorization: Basic ${basic(userInfo)}`]),
      ...(secretToken === "" ? [] : [`X-Telegram-Bot-Api-Secret-Token: ${secretToken}`]),
      "Content-Type: application/json",
      "Content-Length: ",
    ]
    this.#before = lines.join("\r\n")
  }

  /**
   * Returns one request, one character per byte (`latin1`); `undefined` if its header block is too
   * long, because Telegram never sends such a request.
   */
  bytes(updateId: number, json: string): string | undefined {
    const body = `{"update_id":${updateId},\n${json}}`
    const head = `${this.#before}${body.length}${this.#between}`
    return head.length > maxHeaderBytes ? undefined : head + body
  }
}

function rawBytes(text: string): string {
  return Buffer.from(text).toString("latin1")
}

function basic(userInfo: string): string {
  return Buffer.from(userInfo).toString("base64")
}
