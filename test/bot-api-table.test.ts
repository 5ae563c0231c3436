import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { knownMethods, refusedMethods } from "../simulator/src/methods/known-methods.js"
import { methods as simulated } from "../simulator/src/methods/methods.js"
import { refusedParameters } from "../simulator/src/methods/unsupported-parameters.js"
import { Bot } from "../src/bot/index.js"
import { methodNames } from "../src/bot/method-names.generated.js"
import { camelCase } from "../src/dispatch/context/camel-case.js"
import { answerableForMs } from "../src/dispatch/context/stale-updates.js"
import { Context, Router } from "../src/dispatch/index.js"
import { updateLane } from "../src/telegram/update-facts.js"
import { optInUpdateTypes, updateTypes } from "../src/telegram/update-types.js"
import { type Sample, samples } from "./support/update-samples.js"

const path = "docs/bot-api.md"

test("docs/bot-api.md has a row for each method and update type: `npm run test:only -- test/bot-api-table -u` writes it", async () => {
  await expect(page()).toMatchFileSnapshot(`../${path}`)
})

test("the simulator knows every method of the types, so that it refuses by name what it does not play", () => {
  const unknown = methodNames.filter((name) => !knownMethods.has(name.toLowerCase()))
  expect(unknown).toEqual([])
})

function page(): string {
  return [
    "# The Bot API in Sounder and its simulator",
    "",
    "Bot API 10.5. A test writes this page from the code.",
    "",
    "- **typed**: parameters and result, or the payload, have types.",
    "- **called**: `bot` has the method. Every method, including newer methods, can be called with `bot.call`.",
    "- **simulated**: `@sounder/simulator` plays it. Everything else is _refused by name_: the call fails with 400 and",
    "  the name of the method or parameter. An update type that is not simulated is delivered with `bot.push`.",
    "",
    "## Methods",
    "",
    "| method | typed | called | simulated | parameters that the simulator refuses |",
    "| --- | --- | --- | --- | --- |",
    ...methodNames.map((name) => methodRow(name)),
    "",
    "## Update types",
    "",
    'An update type newer than this version has a handler by its name: `dispatcher.type("…", handler)`.',
    "",
    "| update type | typed | handler | lane | dropped after | sent unasked | simulated |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...updateTypes.map((type) => typeRow(type)),
    "",
  ].join("\n")
}

function methodRow(name: (typeof methodNames)[number]): string {
  const isCalled = typeof Bot.prototype[name] === "function"
  const isSimulated = simulated.has(name.toLowerCase())
  const refused = isSimulated ? refusedParameters(name) : []
  return row(
    `\`${name}\``,
    // The compiler compares the names with the types: test/bot/api-calls.test-d.ts.
    ...[
      "yes",
      isCalled ? "yes" : "no",
      isSimulated ? "yes" : `refused by name: ${refusedMethods[name]}`,
    ],
    refused.map((parameter) => `\`${parameter}\``).join(", "),
  )
}

function typeRow(type: (typeof updateTypes)[number]): string {
  const name = camelCase(type)
  const hasHandler = name in Router.prototype && name in Context.prototype
  const limitMs = answerableForMs(samples[type].update)
  return row(
    `\`${type}\``,
    ...["yes", hasHandler ? `\`dispatcher.${name}\`` : "no", laneOf(type)],
    limitMs === Infinity ? "" : `${limitMs / 1_000} s`,
    optInUpdateTypes.includes(type) ? "no" : "yes",
    isMade(type) ? "yes" : "`push` only",
  )
}

/** Returns the lane of a type in words: the samples are of one chat, one user and one poll. */
function laneOf(type: (typeof updateTypes)[number]): string {
  const { update, chat, user }: Sample = samples[type]
  const lane = updateLane(update)
  if (chat !== undefined && lane === String(chat)) return "chat"
  if (user !== undefined && lane === String(user)) return "user"
  const [kind = ""] = lane.split(":")
  if (kind === "poll") return "poll"
  return kind === "guest" ? "one of its own" : `${kind} queries of the user`
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |")
}

/** The sources of the simulator's world, people and methods, which name every update that they make. */
const sources = ["world", "people", "methods"]
  .flatMap((floor) => filesOf(join("simulator", "src", floor)))
  .filter((file) => !file.endsWith(".generated.ts"))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n")

function isMade(type: string): boolean {
  return new RegExp(`["']${type}["']`).test(sources)
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file))
}
