/**
 * The least that a webhook can do: a `node:http` server that reads each request and answers 200.
 * Sends its parent the port; for a number that it is sent, sends a message once it has had so many
 * requests.
 */
import { createServer } from "node:http"

let left = 0

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  request.resume().on("end", () => {
    response.end()
    left -= 1
    if (left === 0) process.send?.("all")
  })
})

process.on("message", (count) => {
  left = Number(count)
})
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (typeof address === "object") process.send?.(address?.port ?? 0)
})
