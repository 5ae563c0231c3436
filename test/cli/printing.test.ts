import { once } from "node:events"
import { spawn } from "node:child_process"
import { createServer } from "node:http"
import { join } from "node:path"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"
import { visibleText } from "../../src/cli/visible-text.js"
import { built, packageFolder } from "../support/built.js"
import { portOf } from "../support/free-port.js"
import { runHere } from "../support/run-here.js"

/** Control characters, except those of a report's colours. */
const obeyed = /(?!\u001B\[(?:0|2|3[1236])m)[\p{Cc}\u202A-\u202E\u2066-\u2069](?<![\n\t])/u
const runs = process.env["SOUNDER_FUZZ_RUNS"]

describe("text from outside never moves the cursor", () => {
  test("whatever the text", () => {
    const sign = fc.oneof(
      fc.constantFrom("\u001B", "[", "]", "0", "31", "m", "\u009B", "\r", "\u0007", "\u202E", "\n"),
      fc.string({ unit: "binary", maxLength: 3 }),
    )
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 30 }), (signs) => {
        const shown = visibleText(signs.join(""))
        expect(shown).not.toMatch(obeyed)
        expect(visibleText(shown)).toBe(shown)
      }),
      { numRuns: Number(runs ?? 2_000) },
    )
  })

  test("not even a description of Telegram's", async () => {
    const evil = "\u001B]0;title\u0007\u001B[2Jgone\u202Etxt"
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(400, { "content-type": "application/json" })
      response.end(JSON.stringify({ ok: false, error_code: 400, description: evil }))
    })
    await once(server.listen(0, "127.0.0.1"), "listening")
    try {
      const apiRoot = `http://127.0.0.1:${portOf(server)}`
      const where = ["--api-root", apiRoot, "--token", "123456:ABC-DEF1234ghIkl"]
      for (const command of [["webhook", "info"], ["webhook", "delete"], ["doctor"]]) {
        const { printed, complaint } = await runHere(...command, ...where)
        expect(printed + complaint).toContain("gone")
        expect(printed + complaint).not.toMatch(obeyed)
      }
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

describe("a closed output", () => {
  beforeAll(() => built())

  test.for([
    ["--help"],
    ["doctor", "--help"],
    ["doctor", "https://bot.example.com/hook", "--map", "bot.example.com:443=127.0.0.1:9"],
    ["proxy", "caddy", "--bot", "bot1.example.com=127.0.0.1:5000"],
  ])("ends sounder %s | head quietly", async (args) => {
    const main = join(packageFolder, "dist", "cli", "main.js")
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] })
    child.stdout.destroy()
    let complaint = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text))
    const [code] = (await once(child, "close")) as [number | null]
    expect({ complaint, isKnown: code === 0 || code === 1 }).toEqual({
      complaint: "",
      isKnown: true,
    })
  })
})
