/** A server that answers every call at once, in a process of its own. It prints its address. */
import { createServer } from "node:http"

const answer = JSON.stringify({
  ok: true,
  result: { message_id: 1, date: 1, chat: { id: 1, type: "private" } },
})

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    response.setHeader("content-type", "application/json")
    response.end(answer)
  })
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (typeof address === "object") console.log(`http://127.0.0.1:${address?.port}`)
})
