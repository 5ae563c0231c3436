import { sameSecret } from "./same-secret.js"
import { pathOf, encodedFormsOf } from "./url-path.js"
import { refusals, type WebhookResponse } from "./webhook-response.js"

/** The method, path and headers of a request. A header that the request lacks is `undefined`. */
export interface WebhookHead {
  /** The HTTP method. */
  readonly method: string | undefined
  /** The path; a query is ignored. */
  readonly path: string | undefined
  /** The header `X-Telegram-Bot-Api-Secret-Token`. */
  readonly secretToken: string | undefined
  /** The header `Content-Type`. */
  readonly contentType: string | undefined
  /** The header `Content-Encoding`. */
  readonly contentEncoding: string | undefined
  /** The header `Content-Length`. */
  readonly contentLength: string | undefined
  /** The client's address, for messages; `undefined` if it is unknown. */
  readonly caller?: string | undefined
}

/** The options of a {@link HeadCheck}; see `WebhookOptions`. */
export interface HeadCheckOptions {
  readonly path: string | undefined
  readonly secretToken: string | false
  readonly maxBodyBytes: number
  /** True to compare the path in vain, so that the check takes the same time for any path. Default: false. */
  readonly isAnyPath?: boolean
}

const jsonType = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?$/i

/** The check of a request before its body is read. */
export class HeadCheck {
  /** The spellings of the path, usually one; `undefined` for any path. */
  readonly #paths: readonly string[] | undefined
  readonly #secretToken: string | false
  readonly #maxBodyBytes: number
  readonly #isAnyPath: boolean

  constructor({ path, secretToken, maxBodyBytes, isAnyPath = false }: HeadCheckOptions) {
    this.#isAnyPath = isAnyPath
    this.#paths = path === undefined ? undefined : encodedFormsOf(path)
    this.#secretToken = secretToken
    this.#maxBodyBytes = maxBodyBytes
  }

  /** Returns the refusal of a request; `undefined` to accept it and read its body. */
  refusalOf(head: WebhookHead): WebhookResponse | undefined {
    const secretToken = this.#secretToken
    if (!this.#isAtOwnPath(head.path)) return refusals.path
    if (head.method !== "POST") return refusals.method
    if (secretToken !== false && !sameSecret(secretToken, head.secretToken)) return refusals.secret
    if (!isPlainJson(head.contentType, head.contentEncoding)) return refusals.contentType
    return Number(head.contentLength ?? 0) > this.#maxBodyBytes ? refusals.length : undefined
  }

  #isAtOwnPath(path: string | undefined): boolean {
    if (this.#paths === undefined || path === undefined) return this.#paths === undefined
    return this.#paths.includes(pathOf(path)) || this.#isAnyPath
  }
}

function isPlainJson(type: string | undefined, encoding: string | undefined): boolean {
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") return false
  return type === "application/json" || (type !== undefined && jsonType.test(type))
}
