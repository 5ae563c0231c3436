import { errorCode, errorText } from "../ground/error-text.js"
import { once } from "node:events"
import { createServer, type Server } from "node:http"
import { SounderError } from "../telegram/errors.js"

const advices: Readonly<Record<string, string>> = {
  EACCES:
    "this user may not. Forward port 80 to one of 1024 or more and give that as `httpPort`, or use tls-alpn-01",
  EADDRINUSE:
    "another program listens there, as a web server does. Have it pass /.well-known/acme-challenge/ on to another `httpPort`, or use tls-alpn-01",
}

/** Answers http-01 on a port of its own while challenges are open. */
export class HttpChallenges implements AsyncDisposable {
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

  /** @throws SounderError `listen-failed` */
  async listen(host: string, port: number): Promise<void> {
    try {
      this.#server.listen({ host, port })
      await once(this.#server, "listening")
    } catch (cause) {
      const code = errorCode(cause) || errorText(cause)
      const advice = advices[code] ?? code
      const message = `Cannot answer http-01 on ${host} port ${port}: ${advice}`
      throw new SounderError("listen-failed", message, { cause })
    }
  }

  /** Answers a token from now on. */
  answer(token: string, keyAuthorization: string): void {
    this.#answers.set(token, keyAuthorization)
  }

  /** Answers no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, "close")
  }
}
