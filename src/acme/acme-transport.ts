import { rootCertificates } from "node:tls"
import { Agent, type Dispatcher, request } from "undici"
import { type AcmeProblem, AcmeRefusal } from "./acme-problem.js"

/** An answer of the authority, in the form that `acme-client` expects. */
export interface AcmeResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly data: unknown
}

/** The options that `acme-client` gives with a request. */
export interface AcmeRequest {
  /** The body, which is sent as JSON. Default: none. */
  readonly data?: unknown
}

/** The longest time for a request, in milliseconds. */
const deadlineMs = 30_000
/** The longest accepted answer, in bytes. A chain of certificates has about ten thousand. */
const longestAnswer = 1024 * 1024

/**
 * The HTTP transport to an authority. Replaces the transport of `acme-client`, which retries for half a
 * minute, accepts no abort signal, drops the type of a problem, and has one set of trusted roots for
 * all clients.
 */
export class AcmeTransport implements AsyncDisposable {
  readonly #agent: Agent
  readonly #signal: AbortSignal

  /**
   * @param ca a root certificate to trust in addition to the roots of Node, as PEM text
   * @param signal aborts every request
   */
  constructor(ca: string | undefined, signal: AbortSignal) {
    this.#agent = new Agent(ca === undefined ? {} : { connect: { ca: [...rootCertificates, ca] } })
    this.#signal = signal
  }

  /** Sends a request. Rejects with {@link AcmeRefusal} if the authority refuses it. */
  async request(url: string, method: string, options: AcmeRequest = {}): Promise<AcmeResponse> {
    const isBodyless = options.data === undefined
    const response = await request(url, {
      dispatcher: this.#agent,
      method: method.toUpperCase() as "GET" | "HEAD" | "POST", // RFC 8555 uses no other method
      headers: {
        "user-agent": "sounder",
        ...(isBodyless ? {} : { "content-type": "application/jose+json" }),
      },
      body: isBodyless ? null : JSON.stringify(options.data),
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(deadlineMs)]),
    })
    const text = await readText(response.body)
    const { statusCode: status, headers } = response
    const data = /json/.test(String(headers["content-type"])) ? parseAnswer(text, status) : text
    if (status >= 300) throwIfRefused(status, headers, data)
    return { status, headers, data }
  }

  /** Closes every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }
}

/** Reads the body of an answer. Rejects if the body is too long. */
async function readText(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  // The chunks are buffers, which undici's type of a body does not say.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestAnswer) {
      throw new AcmeRefusal({ detail: `the answer is longer than ${longestAnswer} bytes` })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

/** Parses JSON. The body of an answer with an error status may be any text. */
function parseAnswer(text: string, status: number): unknown {
  if (text === "") return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    if (status >= 300) return text
    throw new AcmeRefusal({ detail: "the answer is not valid JSON" })
  }
}

/**
 * Throws the refusal of an answer with an error status. Returns for the problem `badNonce` (an expired
 * nonce), because `acme-client` then repeats the request.
 */
function throwIfRefused(status: number, headers: AcmeResponse["headers"], data: unknown): void {
  const isProblem = typeof data === "object" && data !== null
  const problem: AcmeProblem = isProblem
    ? data
    : { detail: `the authority answered with status ${status}` }
  if (problem.type?.endsWith(":badNonce")) return
  const retryAfter = Number(headers["retry-after"])
  throw new AcmeRefusal(problem, Number.isFinite(retryAfter) ? retryAfter : undefined)
}
