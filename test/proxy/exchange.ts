import { once } from "node:events"
import { createServer, type IncomingMessage, type Server } from "node:http"
import { request } from "node:https"
import { connect } from "node:tls"
import { text } from "node:stream/consumers"

/** A request that a server behind a proxy received. */
export interface Asked {
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly length: number
}

/** Starts a server that records its requests, and answers 200. */
export async function recorder(listen: number | string): Promise<{
  readonly asked: Asked[]
  readonly server: Server
}> {
  const asked: Asked[] = []
  const server = createServer((incoming, response) => {
    text(incoming).then(
      (body) => {
        asked.push({ path: incoming.url ?? "", headers: incoming.headers, length: body.length })
        response.end("ok")
      },
      // A request that the proxy has cut off does not count.
      () => response.destroy(),
    )
  })
  // A path has no port: `listen(0, …)` would open a TCP server.
  if (typeof listen === "number") server.listen(listen, "127.0.0.1")
  else server.listen(listen)
  await once(server, "listening")
  return { asked, server }
}

/** Sends a request to a proxy over TLS. Returns the status; `undefined` if the connection ends without an answer. */
export async function ask(options: {
  port: number
  name: string
  path?: string
  host?: string
  headers?: Record<string, string>
  body?: string
}): Promise<number | undefined> {
  const { port, name, path = "/hook", host = name, headers = {}, body = "{}" } = options
  const asking = request({
    port,
    path,
    host: "127.0.0.1",
    servername: name,
    method: "POST",
    headers: { Host: host, "Content-Length": String(Buffer.byteLength(body)), ...headers },
    rejectUnauthorized: false,
    agent: false,
  })
  return new Promise((resolve) => {
    asking.once("response", (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asking.on("error", () => resolve(undefined))
    asking.end(body)
  })
}

/** Returns the subject of the certificate that is served for a name; `undefined` if the handshake fails. */
export async function certificateFor(port: number, name: string): Promise<string | undefined> {
  const named = name === "" ? {} : { servername: name }
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...named })
  try {
    await once(socket, "secureConnect")
    return socket.getPeerX509Certificate()?.subject
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}
