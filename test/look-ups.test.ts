import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { explainAcme } from "../src/acme/acme-problem.js"
import { AcmeRefusal } from "../src/acme/acme-problem.js"
import { examine } from "../src/doctor/index.js"
import { Simulator } from "@sounder/simulator"
import { runHere } from "./support/run-here.js"

/** The names that every object inherits. */
const inherited = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"]

/**
 * Tables of texts that are read with `[…]`, by file, each with the reason. Their keys come from the code next to them;
 * a text from outside is looked up with `ownValue`.
 */
const allowed: Readonly<Record<string, string>> = {
  "src/acme/acme-transport.ts: headers": "the names are written there",
  "src/bot/call-subject.ts: fields": "the names are written there",
  "src/bot/encode-parameters.ts: fields": "written to, from the caller's own fields",
  "simulator/src/delivery/webhook-target.ts: failures": "the test's own address",
  "simulator/src/methods/profile/default-rights.ts: requestedRights": "the names are written there",
  "simulator/src/methods/profile/profile.ts: refusalNames": "the names are written there",
  "simulator/src/methods/unsupported-parameters.ts: given": "the names are written there",
  "simulator/src/world/link-preview.ts: given": "the names are written there",
  "simulator/src/page/action-input.ts: fields": "guarded by `Object.hasOwn`",
  "simulator/src/people/keys.ts: askedFor": "begins with request_ or is web_app",
  "simulator/src/people/buttons.ts: deviceEffects": "one of its own keys",
}

/** Returns the tables of a source that are read by a computed text. */
function bareLookUps(source: string): string[] {
  const tables = source.matchAll(/(\w+)\??: Readonly<(?:Partial<)?Record<string,/g)
  const names = new Set([...tables].map(([, name = ""]) => name))
  return [...names].filter((name) => new RegExp(`\\b${name}\\[[^\\]]`).test(source))
}

test("a text from outside is looked up among a table's own keys, not among inherited ones", () => {
  const found = ["src", "simulator/src"].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith("own-value.ts"))
      .map((name) => join(root, name))
      .flatMap((path) =>
        bareLookUps(readFileSync(path, "utf8")).map((table) => `${path}: ${table}`),
      ),
  )
  expect(found.toSorted()).toEqual(Object.keys(allowed).toSorted())
})

test("a new unguarded look-up is found", () => {
  const table = "const advices: Readonly<Record<string, string>> = {}\n"
  expect(bareLookUps(`${table}return advices[code] ?? code`)).toEqual(["advices"])
  expect(bareLookUps(`${table}return ownValue(advices, code) ?? code`)).toEqual([])
})

describe.each(inherited)("a text that is %s", (text) => {
  test("is an ordinary name to `--resolve`", async () => {
    const { complaint } = await runHere("doctor", "--resolve", `${text}=203.0.113.7`, "https://")
    expect(complaint).not.toMatch(/iterable|function/)
  })

  test("is an ordinary host to the doctor", async () => {
    const host = text.toLowerCase().replaceAll("_", "x")
    const { findings } = await examine(`https://${text}/`, {
      resolve: { [host]: "203.0.113.7" },
      dnsServers: ["127.0.0.1:9"],
      only: ["url", "dns"],
      timeoutMs: 500,
    })
    for (const { seen } of findings) expect(seen).not.toMatch(/function|\[object/)
  })

  test("is a kind of refusal without advice", () => {
    const refusal = new AcmeRefusal({ type: `urn:ietf:params:acme:error:${text}`, detail: "no" })
    const context = {
      hosts: ["bot.example.com"],
      directory: new URL("https://authority.example/"),
      challenge: "http-01",
      httpPort: 80,
    } as const
    expect(explainAcme(refusal, context).message).toMatch(/: no\.$/)
  })

  test("is no tag, no reference, no kind of media and no format to the simulator", async () => {
    await using telegram = await Simulator.start()
    const bot = telegram.bot()
    const chat = telegram.user()
    await chat.send(bot, "/start")
    const ask = async (method: string, params: object) => {
      const url = `${telegram.apiRoot}/bot${bot.token}/${method}`
      const headers = { "content-type": "application/json" }
      const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(params) })
      return JSON.stringify(await response.json())
    }
    const to = { chat_id: chat.id, parse_mode: "HTML" }
    expect(await ask("sendMessage", { ...to, text: `<${text}>a</${text}>` })).toContain(
      `Unsupported start tag`,
    )
    expect(await ask("sendMessage", { ...to, text: `&${text};` })).toContain(`&${text};`)
    const media = [{ type: text, media: "https://example.com/a.png" }]
    expect(await ask("sendMediaGroup", { chat_id: chat.id, media })).toContain('"ok":false')
  })
})
