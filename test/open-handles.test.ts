import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import { createServer as createTcpServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { leftOpen, openHandles } from "./support/open-handles.js"

test("a listening server counts as open, until it is closed", async () => {
  const before = openHandles()
  const server = createTcpServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  expect(await leftOpen(before, 0)).toEqual(["1 × TCP server"])
  server.close()
  expect(await leftOpen(before, 2_000)).toEqual([])
})

test("a server on a unix socket counts as open", async () => {
  const before = openHandles()
  const server = createTcpServer().listen(join(tmpdir(), `sounder-${process.pid}.sock`))
  await once(server, "listening")
  expect(await leftOpen(before, 0)).toEqual(["1 × unix socket or pipe"])
  server.close()
  expect(await leftOpen(before, 2_000)).toEqual([])
})

test("a child process and a timer count as open, an unreferenced timer does not", async () => {
  const before = openHandles()
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { stdio: "ignore" })
  const timer = setTimeout(() => {}, 60_000)
  const quiet = setTimeout(() => {}, 60_000).unref()
  expect((await leftOpen(before, 0)).toSorted()).toEqual(["1 × child process", "1 × timer"])
  clearTimeout(timer)
  clearTimeout(quiet)
  child.kill()
  await once(child, "close")
  expect(await leftOpen(before, 2_000)).toEqual([])
})

test("connections that fetch keeps alive do not count as open once their server is closed", async () => {
  const before = openHandles()
  const server = createServer((_, response) => void response.end("ok")).listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  await (await fetch(`http://127.0.0.1:${address.port}`)).text()
  server.close()
  expect(await leftOpen(before, 2_000)).toEqual([])
})
