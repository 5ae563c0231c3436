/**
 * The least that a webhook can do: a `node:http` server that reads each request and answers 200.
 * Sends its parent the port; for a number that it is sent, sends a message once it has had so many
 * requests.
 */
import { createServer } from "node:http"

let received = 0
let expected = 0

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  request.resume().on("end", () => {
    response.end()
    received += 1
    tellIfAll()
  })
})

// Requests may be here before the number is.
process.on("message", (count) => {
  expected += Number(count)
  tellIfAll()
})
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (typeof address === "object") process.send?.(address?.port ?? 0)
})

function tellIfAll(): void {
  if (received === expected) process.send?.("all")
}
