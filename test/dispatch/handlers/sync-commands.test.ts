import { type SimulatedBot, Simulator } from "@sounder/simulator"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import type { BotCommandScope } from "../../../src/telegram/types.js"
import {
  type CommandHandlerOptions,
  Dispatcher,
  filters,
  Router,
} from "../../../src/dispatch/index.js"

let telegram: Simulator
let bot: Bot
let dispatcher: Dispatcher
let own: SimulatedBot
let calls: string[]

beforeEach(async () => {
  telegram = await Simulator.start()
  own = telegram.bot({ username: "menu_bot" })
  calls = []
  bot = new Bot(own.token, {
    apiRoot: telegram.apiRoot,
    onCall: (call, next) => {
      calls.push(call.method)
      return next(call)
    },
  })
  dispatcher = new Dispatcher({ bot })
})
afterEach(() => telegram[Symbol.asyncDispose]())

const nothing = () => {}
const privateChats = { type: "all_private_chats" } as const
const groupChats = { type: "all_group_chats" } as const

/** Returns the names and descriptions that Telegram has for a scope and language. */
async function listed(scope: BotCommandScope, language_code?: "de") {
  const list = await bot.getMyCommands({ scope, ...(language_code && { language_code }) })
  return list.map(({ command, description }) => `${command}: ${description}`)
}

const changes = () => calls.filter((method) => method !== "getMyCommands")

describe("syncCommands", () => {
  test("sets the commands that have a description, in the order of registration", async () => {
    dispatcher.command("start", nothing, { description: "Begin" })
    dispatcher.command(["help", "h"], nothing, { description: "Explain" })
    dispatcher.command("secret", nothing)
    dispatcher.command("owner", filters.user(7), nothing, { description: "Rule" })
    const mounted = new Router()
    mounted.command("Menu", nothing, { description: "Choose" })
    dispatcher.use(mounted)
    const { set } = await dispatcher.syncCommands()
    expect(await listed({ type: "default" })).toEqual([
      "start: Begin",
      "help: Explain",
      "owner: Rule",
      "menu: Choose",
    ])
    expect(set).toHaveLength(1)
  })

  test("finds the commands of routers behind `route` and `derive`", async () => {
    const one = new Router()
    one.command("one", nothing, { description: "One" })
    dispatcher.route(() => "one", { one })
    dispatcher.derive(() => ({ a: 1 })).command("two", nothing, { description: "Two" })
    await dispatcher.syncCommands()
    expect(await listed({ type: "default" })).toEqual(["one: One", "two: Two"])
  })

  test("sets nothing a second time", async () => {
    const register = (to: Dispatcher) =>
      to.command("start", nothing, {
        description: "Begin",
        languages: { de: "Los" },
        isEphemeral: true,
      })
    register(dispatcher)
    await dispatcher.syncCommands()
    calls = []
    const again = new Dispatcher({ bot })
    register(again)
    const { set, deleted, unchanged } = await again.syncCommands()
    expect([set, deleted, unchanged, changes()]).toEqual([[], [], 8, []])
  })

  test("deletes the lists of an earlier version, also in languages and chats that are named", async () => {
    const ada = telegram.user({ first_name: "Ada" })
    const club = telegram.supergroup({ title: "Club" }, ada, own)
    const scope = { type: "chat", chat_id: club.id } as const
    await bot.setMyCommands({
      commands: [{ command: "old", description: "Old" }],
      scope: groupChats,
    })
    await bot.setMyCommands({
      commands: [{ command: "alt", description: "Alt" }],
      language_code: "de",
    })
    await bot.setMyCommands({ commands: [{ command: "old", description: "Old" }], scope })
    dispatcher.command("start", nothing, { description: "Begin" })
    const { deleted } = await dispatcher.syncCommands(bot, { languages: ["de"], scopes: [scope] })
    expect(deleted.map(({ scope, languageCode }) => [scope.type, languageCode])).toEqual([
      ["default", "de"],
      ["all_group_chats", undefined],
      ["chat", undefined],
    ])
    expect(await listed(groupChats)).toEqual([])
    expect(await listed(scope)).toEqual([])
  })

  test("a list in a language has the untranslated commands, too: Telegram shows one list only", async () => {
    dispatcher.command("start", nothing, { description: "Begin", languages: { de: "Los" } })
    dispatcher.command("help", nothing, { description: "Explain" })
    await dispatcher.syncCommands()
    expect(await listed({ type: "default" }, "de")).toEqual(["start: Los", "help: Explain"])
  })

  test("a narrow scope has the commands of the wider ones, too: Telegram shows one list only", async () => {
    dispatcher.command("start", nothing, { description: "Begin" })
    dispatcher.command("pay", nothing, { description: "Pay", scopes: [privateChats] })
    dispatcher.command("ban", nothing, {
      description: "Ban",
      scopes: [{ type: "all_chat_administrators" }],
    })
    dispatcher.command("rules", nothing, { description: "Rules", scopes: [groupChats] })
    await dispatcher.syncCommands()
    expect(await listed({ type: "default" })).toEqual(["start: Begin"])
    expect(await listed(privateChats)).toEqual(["start: Begin", "pay: Pay"])
    expect(await listed(groupChats)).toEqual(["start: Begin", "rules: Rules"])
    expect(await listed({ type: "all_chat_administrators" })).toEqual([
      "start: Begin",
      "ban: Ban",
      "rules: Rules",
    ])
  })

  test("the nearest scope decides about the description of a command", async () => {
    dispatcher.command("help", nothing, { description: "Help" })
    dispatcher.command("help", nothing, { description: "Help for you", scopes: [privateChats] })
    await dispatcher.syncCommands()
    expect(await listed({ type: "default" })).toEqual(["help: Help"])
    expect(await listed(privateChats)).toEqual(["help: Help for you"])
  })

  test("sets the lists of chats, of their administrators and of single members", async () => {
    const ada = telegram.user({ first_name: "Ada" })
    const club = telegram.supergroup({ title: "Club" }, ada, own)
    const chat_id = club.id
    const scopes = [
      { type: "chat", chat_id },
      { type: "chat_administrators", chat_id },
      { type: "chat_member", chat_id, user_id: ada.id },
    ] as const
    for (const scope of scopes) {
      dispatcher.command(scope.type, nothing, { description: scope.type, scopes: [scope] })
    }
    await dispatcher.syncCommands()
    const lists = await Promise.all(scopes.map((scope) => listed(scope)))
    expect(lists).toEqual([
      ["chat: chat"],
      ["chat: chat", "chat_administrators: chat_administrators"],
      ["chat: chat", "chat_member: chat_member"],
    ])
  })

  test("a chat that Telegram does not know fails the promise, and not the other lists", async () => {
    dispatcher.command("a", nothing, {
      description: "A",
      scopes: [{ type: "chat", chat_id: -100_999 }],
    })
    dispatcher.command("b", nothing, { description: "B", scopes: [groupChats] })
    await expect(dispatcher.syncCommands()).rejects.toThrow(/chat not found/)
    expect(await listed(groupChats)).toEqual(["b: B"])
  })

  test("each bot of a fleet gets the commands", async () => {
    const second = telegram.bot({ username: "second_bot" })
    const other = new Bot(second.token, { apiRoot: telegram.apiRoot })
    const ofFleet = new Dispatcher({ bot: (id) => [bot, other].find((one) => one.id === id) })
    ofFleet.command("start", nothing, { description: "Begin" })
    for (const one of [bot, other]) await ofFleet.syncCommands(one)
    expect(await other.getMyCommands({})).toEqual([{ command: "start", description: "Begin" }])
    await expect(ofFleet.syncCommands()).rejects.toThrow(TypeError)
  })

  test("refuses more than 100 commands of a scope before any call, and lists 100", async () => {
    for (let index = 0; index < 100; index++) {
      dispatcher.command(`c${index}`, nothing, { description: "x" })
    }
    await dispatcher.syncCommands()
    expect(await listed({ type: "default" })).toHaveLength(100)
    calls = []
    dispatcher.command("more", nothing, { description: "x", scopes: [privateChats] })
    await expect(dispatcher.syncCommands()).rejects.toThrow(
      /at most 100 commands.*all_private_chats.*101/,
    )
    expect(calls).toEqual([])
  })

  test("refuses two descriptions of a command in one scope before any call", async () => {
    dispatcher.command("a", nothing, { description: "One" })
    dispatcher.command("a", nothing, { description: "Two" })
    await expect(dispatcher.syncCommands()).rejects.toThrow(/one description of \/a/)
    expect(calls).toEqual([])
  })

  test("an abort ends it", async () => {
    dispatcher.command("a", nothing, { description: "A" })
    const signal = AbortSignal.abort(new Error("enough"))
    await expect(dispatcher.syncCommands(bot, { signal })).rejects.toThrow("enough")
    expect(calls).toEqual([])
  })
})

test.each<[string, CommandHandlerOptions]>([
  ["an empty description", { description: "" }],
  ["a description of spaces", { description: "  " }],
  ["a description that is too long", { description: "x".repeat(257) }],
  ["scopes without a description", { scopes: [privateChats] }],
  ["languages without a description", { languages: { de: "x" } }],
  ["an unknown scope", { description: "x", scopes: [{ type: "everybody" } as never] }],
  ["a scope that is a string", { description: "x", scopes: ["default" as never] }],
  ["a scope of a chat without its id", { description: "x", scopes: [{ type: "chat" } as never] }],
  ["a language that is no code", { description: "x", languages: { german: "x" } }],
  ["a translation that is too long", { description: "x", languages: { de: "x".repeat(257) } }],
])("%s is a TypeError at the registration", (_, options) => {
  expect(() => dispatcher.command("a", nothing, options)).toThrow(TypeError)
})

test.each<[string, string | RegExp]>([
  ["a pattern", /^a/],
  ["a name of 33 letters", "a".repeat(33)],
])("%s cannot have a description", (_, name) => {
  const register = () => dispatcher.command(name as string, nothing, { description: "x" })
  expect(register).toThrow(TypeError)
})
