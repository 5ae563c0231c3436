import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { HttpExchange } from "./connections.js"

/** An exchange that `node:http` reads and answers. */
export class NodeExchange implements HttpExchange {
  readonly #socket: Socket
  readonly #response: ServerResponse

  constructor(socket: Socket, response: ServerResponse) {
    this.#socket = socket
    this.#response = response
  }

  get isOver(): boolean {
    return this.#response.writableFinished || this.#response.destroyed
  }

  closeWhenOver(): void {
    // If the headers have not been sent, Node adds `Connection: close` and closes the connection itself.
    if (!this.#response.headersSent) this.#response.shouldKeepAlive = false
    this.#response.once("close", () => this.#socket.destroySoon())
  }
}
