import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { generateMethodParameters, generateMethods } from "../../scripts/generate-methods.mjs"
import { Bot } from "../../src/bot/index.js"
import { methodNames, parameterlessMethods } from "../../src/bot/method-names.generated.js"

test("the table of methods is up to date: run scripts/generate-methods.mjs when it is not", async () => {
  const url = new URL("../../src/bot/method-names.generated.ts", import.meta.url)
  expect(await readFile(url, "utf8")).toBe(generateMethods())
})

test("the table of parameters is up to date: run scripts/generate-methods.mjs when it is not", async () => {
  const url = new URL("../../src/bot/method-parameters.generated.ts", import.meta.url)
  expect(await readFile(url, "utf8")).toBe(generateMethodParameters())
})

test("the table holds every method once", () => {
  expect(methodNames).toHaveLength(193)
  expect(new Set(methodNames).size).toBe(193)
  expect(methodNames).toContain("sendMessage")
  expect(methodNames).toContain("kickChatMember")
})

test("other names of methods with parameters have parameters too", () => {
  expect(parameterlessMethods).toContain("getMe")
  expect(parameterlessMethods).not.toContain("getChatMembersCount")
  expect(parameterlessMethods).not.toContain("deleteWebhook")
})

test("a bot has every method on its prototype, and none of them hides a member of its own", () => {
  const own = ["id", "apiRoot", "localMode", "token", "me", "init", "call", "download"]
  for (const name of methodNames) {
    expect(own).not.toContain(name)
    expect(Object.getOwnPropertyDescriptor(Bot.prototype, name)?.enumerable).toBe(false)
    expect(Bot.prototype[name]).toBeTypeOf("function")
  }
})
