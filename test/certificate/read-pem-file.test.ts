import { execFileSync } from "node:child_process"
import { truncate, writeFile } from "node:fs/promises"
import { describe, expect, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { readPem } from "../../src/node-server/tls/pem.js"
import { runHere } from "../support/run-here.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())
const { cert, key } = await createCertificate("bot.example.com")

function newPipe(): string {
  const path = newPath()
  execFileSync("mkfifo", [path])
  return path
}

/** The readers of certificate and key files. Each resolves with its complaint. */
const readers: Readonly<Record<string, (path: string) => Promise<string>>> = {
  "the option `cert`": (path) => readPem("cert", path).then(() => "", String),
  "the option `key`": (path) => readPem("key", path).then(() => "", String),
  "certificate inspect": async (path) => (await runHere("certificate", "inspect", path)).complaint,
  "certificate inspect --key": async (path) => {
    const certificate = newPath()
    await writeFile(certificate, cert)
    return (await runHere("certificate", "inspect", certificate, "--key", path)).complaint
  },
  "doctor --cert": async (path) =>
    (await runHere("doctor", "https://bot.example.com/", "--cert", path)).complaint,
}

describe.each(Object.entries(readers))("%s", (_, complaintOf) => {
  test("reports a named pipe without a writer, and does not wait for it", async () => {
    expect(await complaintOf(newPipe())).toContain("it is a named pipe to which nobody writes")
  })

  test("reports an endless device", async () => {
    expect(await complaintOf("/dev/zero")).toContain("it is a device")
  })

  test("reports a file that is far too long", async () => {
    const path = newPath()
    await writeFile(path, "-----BEGIN ")
    await truncate(path, 3 * 1024 ** 3)
    expect(await complaintOf(path)).toContain("it is longer than 1 MiB")
  })

  test("reports a folder and a missing file", async () => {
    expect(await complaintOf("/tmp")).toContain("is a folder")
    expect(await complaintOf("/tmp/nowhere.pem")).toContain("there is no such file")
  })
})

test("a named pipe with a writer is read to its end, however slowly", async () => {
  const path = newPipe()
  const writer = writeFile(path, slowly(cert + key))
  await expect.poll(() => readPem("cert", path).catch(() => undefined)).toBe(cert + key)
  await writer
})

async function* slowly(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 300) {
    yield text.slice(at, at + 300)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
