import { rootCertificates } from "node:tls"
import { Agent, request } from "undici"
import { type AcmeProblem, AcmeRefusal } from "./acme-problem.js"

/** What `acme-client` wants of an exchange. */
export interface AcmeResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly data: unknown
}

/** What `acme-client` asks for. */
export interface AcmeRequest {
  /** What is sent, as JSON. */
  readonly data?: unknown
}

const deadlineMs = 30_000

/**
 * The way to an authority. That of `acme-client` waits and tries again by itself for half a minute,
 * takes no signal, drops the kind of an error, and trusts the same authorities for all.
 */
export class AcmeTransport implements AsyncDisposable {
  readonly #agent: Agent
  readonly #signal: AbortSignal

  /**
   * @param ca who certifies the directory, besides the authorities that Node knows
   * @param signal ends every exchange
   */
  constructor(ca: string | undefined, signal: AbortSignal) {
    this.#agent = new Agent(ca === undefined ? {} : { connect: { ca: [...rootCertificates, ca] } })
    this.#signal = signal
  }

  /** One exchange; rejects with {@link AcmeRefusal} where the authority says no. */
  async request(url: string, method: string, asked: AcmeRequest = {}): Promise<AcmeResponse> {
    const isBodyless = asked.data === undefined
    const response = await request(url, {
      dispatcher: this.#agent,
      method: method.toUpperCase() as "GET" | "HEAD" | "POST", // those of RFC 8555
      headers: {
        "user-agent": "sounder",
        ...(isBodyless ? {} : { "content-type": "application/jose+json" }),
      },
      body: isBodyless ? null : JSON.stringify(asked.data),
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(deadlineMs)]),
    })
    const text = await response.body.text()
    const { statusCode: status, headers } = response
    const data = /json/.test(String(headers["content-type"])) ? parsed(text) : text
    if (status >= 400) refuse(status, headers, data)
    return { status, headers, data }
  }

  /** Closes every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }
}

function parsed(text: string): unknown {
  return text === "" ? undefined : (JSON.parse(text) as unknown)
}

/** A used-up nonce is for `acme-client`, which asks again with another one. */
function refuse(status: number, headers: AcmeResponse["headers"], data: unknown): void {
  const isProblem = typeof data === "object" && data !== null
  const problem: AcmeProblem = isProblem ? data : { detail: `it answered with ${status}` }
  if (problem.type?.endsWith(":badNonce")) return
  const retryAfter = Number(headers["retry-after"])
  throw new AcmeRefusal(problem, Number.isFinite(retryAfter) ? retryAfter : undefined)
}
