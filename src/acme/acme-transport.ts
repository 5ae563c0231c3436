import { rootCertificates } from "node:tls"
import { Agent, type Dispatcher, request } from "undici"
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
/** A chain of certificates has some ten thousand characters. */
const longestAnswer = 1024 * 1024

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
    const text = await textOf(response.body)
    const { statusCode: status, headers } = response
    const data = /json/.test(String(headers["content-type"])) ? parsed(text, status) : text
    if (status >= 300) refuse(status, headers, data)
    return { status, headers, data }
  }

  /** Closes every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }
}

/** Reads an answer, and gives up where it does not end. */
async function textOf(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  // undici's bodies are of bytes.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestAnswer) {
      throw new AcmeRefusal({ detail: `its answer is longer than ${longestAnswer} bytes` })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

/** Parses an answer; one with an error status may hold anything. */
function parsed(text: string, status: number): unknown {
  if (text === "") return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    if (status >= 300) return text
    throw new AcmeRefusal({ detail: "its answer says to be JSON and is none" })
  }
}

/** A used-up nonce is for `acme-client`, which asks again with another one. */
function refuse(status: number, headers: AcmeResponse["headers"], data: unknown): void {
  const isProblem = typeof data === "object" && data !== null
  const problem: AcmeProblem = isProblem ? data : { detail: `it answered with ${status}` }
  if (problem.type?.endsWith(":badNonce")) return
  const retryAfter = Number(headers["retry-after"])
  throw new AcmeRefusal(problem, Number.isFinite(retryAfter) ? retryAfter : undefined)
}
