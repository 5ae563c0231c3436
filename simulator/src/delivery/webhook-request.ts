import { hostHeader, type WebhookUrl } from "./webhook-url.js"

// Longer header blocks are never sent.
const maxHeaderBytes = 4068

/**
 * The bytes of webhook requests: the same headers in the same order and letter case as Telegram's,
 * and nothing else.
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
   * One request, a character a byte (`latin1`); `undefined` where its header block is too long, so
   * that Telegram never sends it.
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
