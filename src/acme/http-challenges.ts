import { ownValue } from "../ground/own-value.js"
import { errorCode, errorText } from "../ground/error-text.js"
import { once } from "node:events"
import { createServer, type Server } from "node:http"
import { SounderError } from "../telegram/errors.js"

/** The causes of a failure to listen by the system's error code, each with its fix. */
const advices: Readonly<Record<string, string>> = {
  EACCES:
    "this process may not listen on the port. Forward port 80 to a port above 1023 and give that port as `httpPort`, or use tls-alpn-01",
  EADDRINUSE:
    "another program listens there, such as a web server. Let it forward /.well-known/acme-challenge/ to another `httpPort`, or use tls-alpn-01",
}

/** The HTTP server that answers http-01 challenges while an order runs. */
export class HttpChallenges implements AsyncDisposable {
  /** The key authorizations, by their tokens. */
  readonly #answers = new Map<string, string>()
  readonly #server: Server

  constructor() {
    this.#server = createServer(
      { maxHeaderSize: 8192, requestTimeout: 10_000 },
      (request, response) => {
        const token = /^\/\.well-known\/acme-challenge\/([\w-]+)$/.exec(request.url ?? "")?.[1]
        const answer = token === undefined ? undefined : this.#answers.get(token)
        response.writeHead(answer === undefined ? 404 : 200, {
          "content-type": "text/plain",
          connection: "close",
        })
        response.end(answer ?? "This is not the webhook.\n")
      },
    )
    this.#server.maxConnections = 100
  }

  /** Starts to listen. Rejects with `listen-failed`. */
  async listen(host: string, port: number): Promise<void> {
    try {
      this.#server.listen({ host, port })
      await once(this.#server, "listening")
    } catch (cause) {
      const code = errorCode(cause) || errorText(cause)
      const advice = ownValue(advices, code) ?? code
      const message = `Cannot answer http-01 challenges on ${host} port ${port}: ${advice}`
      throw new SounderError("listen-failed", message, { cause })
    }
  }

  /** Starts to answer the challenge with this token. */
  answer(token: string, keyAuthorization: string): void {
    this.#answers.set(token, keyAuthorization)
  }

  /** Stops the server. Resolves when all connections are closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, "close")
  }
}
