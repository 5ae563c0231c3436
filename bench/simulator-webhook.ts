/**
 * The minimal webhook: a `node:http` server that reads each request and answers 200. It sends its
 * parent the port. When the parent sends a number, the server reports when it has received this
 * number of requests.
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

// Requests may arrive before the number does.
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
