import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { once } from "node:events"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { ownValue } from "../../src/ground/own-value.js"
import { runHere } from "../support/run-here.js"
import { makeCertificate } from "../support/certificates.js"
import { requireServer } from "../support/real-servers.js"

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-cli-"))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs `sounder certificate` in this process. */
const certificate = (...args: readonly string[]) => runHere("certificate", ...args)

const inFolder = (name: string) => join(folder, name)

test("sounder certificate inspect accepts a certificate of sounder certificate", async () => {
  await certificate("bot.example.com", "--out", folder)
  const key = ["--key", inFolder("private.key")]
  const url = ["--url", "https://bot.example.com:8443/hook"]
  const { status, printed, complaint } = await certificate(
    ...["inspect", inFolder("cert.pem"), ...key, ...url],
  )
  expect({ status, complaint }).toEqual({ status: 0, complaint: "" })
  expect(printed).toContain("names   DNS:bot.example.com")
  expect(printed).toContain("The private key fits.")
  expect(printed).toContain(
    "accepts the certificate for bot.example.com (uploaded with setWebhook).",
  )
})

test("a file that also contains the key, as proxies want it, can be inspected", async () => {
  await certificate("bot.example.com", "--out", folder)
  const both = inFolder("bot.example.com.pem")
  const { status, printed } = await certificate("inspect", both, "--key", both)
  expect(status).toBe(0)
  expect(printed).toContain("The private key fits.")
  expect(printed).not.toContain("PRIVATE KEY")
})

test("the certificate of the widely copied openssl command is judged as by Telegram", async (context) => {
  const openssl = requireServer("openssl", context)
  const command = "req -newkey rsa:2048 -sha256 -nodes -keyout private.key -x509 -days 3650"
  const subject = ["-out", "cert.pem", "-subj", "/C=US/ST=State/O=Me/CN=sub.example.com"]
  await promisify(execFile)(openssl, [...command.split(" "), ...subject], { cwd: folder })
  const inspect = (url: string) =>
    certificate("inspect", inFolder("cert.pem"), "--key", inFolder("private.key"), "--url", url)
  const right = await inspect("https://sub.example.com/TOKEN")
  expect(right.status).toBe(0)
  expect(right.printed).toContain("names   only the common name")
  expect(right.printed).toContain("only in its common name (CN), which Telegram accepts")
  const wrong = await inspect("https://example.com/TOKEN")
  expect(wrong.status).toBe(1)
  expect(wrong.printed).toContain("but the certificate names CN=sub.example.com")
})

test("the exit code is 1 if Telegram refuses the certificate, and the reason is printed", async () => {
  await certificate("bot.example.com", "--out", folder)
  const { status, printed, complaint } = await certificate(
    ...["inspect", inFolder("cert.pem"), "--not-uploaded"],
  )
  expect(status).toBe(1)
  expect(printed).toContain("Telegram does not accept the certificate (not uploaded).")
  expect(printed).toContain("✗ The certificate is self-signed")
  expect(complaint).toBe(`sounder: Telegram does not accept ${inFolder("cert.pem")}\n`)
})

describe("a chain", async () => {
  const root = { ...(await makeCertificate({ name: "Root", authority: true })), name: "Root" }
  const made = await makeCertificate({ name: "Middle", authority: true, issuer: root })
  const middle = { ...made, name: "Middle" }
  const leaf = await makeCertificate({ name: "bot", dns: ["bot.example.com"], issuer: middle })
  const pems = { leaf: leaf.cert, middle: middle.cert, root: root.cert }

  test.each([
    [["leaf", "middle", "root"], "The chain is complete and in order.", 0],
    [["leaf", "root", "middle"], "The chain is complete, but not in order.", 0],
    [["middle", "leaf", "root"], "is not the first certificate of the file", 1],
    [
      ["leaf", "root"],
      "the root of the authority that issued the server certificate is missing",
      1,
    ],
  ] as const)("of %j", async (order, expected, expectedStatus) => {
    await writeFile(inFolder("chain.pem"), order.map((name) => pems[name]).join("\n"))
    const { status, printed } = await certificate("inspect", inFolder("chain.pem"), "--uploaded")
    expect(printed).toContain(expected)
    expect(status).toBe(expectedStatus)
  })
})

describe("invalid input is reported in one line", () => {
  const paths = () => ({ FILE: inFolder("cert.pem"), SOCKET: inFolder("socket") })

  test.each([
    [["inspect"], "missing required argument 'file'"],
    [["inspect", "/nowhere.pem"], "Cannot read /nowhere.pem: there is no such file"],
    [["inspect", "/"], "the path is a folder"],
    [["inspect", "FILE", "--uploaded", "--not-uploaded"], "not both"],
    [["inspect", "FILE", "--url", "bot.example.com"], "https://bot.example.com/hook"],
    [["inspect", "FILE", "--ur", "x"], "(Did you mean --url?)"],
    [["inspect", "SOCKET"], "the path is a socket or a device. Give the path of a file"],
    [["inspect", "FILE", "--key", "SOCKET"], "the path is a socket or a device"],
  ])("%j", async (args, expected) => {
    await writeFile(inFolder("cert.pem"), "")
    await using server = createServer().listen(inFolder("socket"))
    await once(server, "listening")
    const { status, printed, complaint } = await certificate(
      ...args.map((arg) => ownValue(paths(), arg) ?? arg),
    )
    expect({ status, printed }).toEqual({ status: 2, printed: "" })
    expect(complaint).toContain(expected)
    expect(complaint).toMatch(/^sounder: /)
  })
})
