import { describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { ApiError } from "../../src/telegram/errors.js"
import type { CallHook } from "../../src/bot/bot-options.js"
import { BotApiServer, refusal, rejection, token } from "./bot-api-server.js"

describe("bot.use", () => {
  test("passes a call first to the hook that was added last, and to onCall last", async () => {
    await using server = await BotApiServer.start(({ json }) => ({ result: json.chat_id }))
    const seen: string[] = []
    const noting =
      (name: string): CallHook =>
      async (call, next) => {
        seen.push(`${name} ${call.method}`)
        const result = await next()
        seen.push(`${name} ${String(result)}`)
        return result
      }
    await using bot = server.bot({ onCall: noting("onCall") })
    bot.use(noting("first"))
    bot.use(noting("second"))
    expect(await bot.call("getChat", { chat_id: 5 })).toBe(5)
    expect(seen).toEqual([
      ...["second getChat", "first getChat", "onCall getChat"],
      ...["onCall 5", "first 5", "second 5"],
    ])
  })

  test("a changed call reaches the inner hooks, and next() passes on what its hook got", async () => {
    await using server = await BotApiServer.start(({ json }) => ({ result: json }))
    await using bot = server.bot()
    const seen: unknown[] = []
    bot.use((call, next) => {
      seen.push(call.params)
      return next()
    })
    bot.use((call, next) => next({ ...call, params: { ...call.params, protect_content: true } }))
    const params = { chat_id: 1, protect_content: true }
    expect(await bot.call("sendMessage", { chat_id: 1 })).toEqual(params)
    expect(seen).toEqual([params])
  })

  test("a removed hook gets no later call, but still the calls that had begun", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const seen: string[] = []
    const inner = bot.use((call, next) => {
      seen.push(`inner ${call.method}`)
      return next()
    })
    bot.use((call, next) => {
      inner.remove()
      seen.push(`outer ${call.method}`)
      return next()
    })
    await bot.getMe()
    await bot.logOut()
    expect(seen).toEqual(["outer getMe", "inner getMe", "outer logOut"])
  })

  test("the same hook added twice gets each call twice, and is removed once at a time", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    let count = 0
    const counting: CallHook = (_call, next) => {
      count += 1
      return next()
    }
    const registration = bot.use(counting)
    bot.use(counting)
    await bot.getMe()
    expect(count).toBe(2)
    registration.remove()
    registration.remove()
    await bot.getMe()
    expect(count).toBe(3)
  })

  test("an error thrown by an inner hook rejects the outer hook's next()", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    bot.use(() => {
      throw new Error("not here")
    })
    bot.use((_call, next) => next().catch((error: unknown) => (error as Error).message))
    expect(await bot.call("getMe")).toBe("not here")
    expect(server.received).toEqual([])
  })

  test("a failed call still names the line that made it", async () => {
    await using server = await BotApiServer.start(() => refusal(400, "Bad Request: empty"))
    await using bot = server.bot()
    bot.use(async (_call, next) => next())
    bot.use((_call, next) => next())
    function userCall() {
      return bot.sendMessage({ chat_id: 1, text: "" })
    }
    const error = await rejection(userCall())
    expect(error).toBeInstanceOf(ApiError)
    expect(error.stack?.split("\n")[1]).toMatch(/at userCall .*call-hooks\.test\.ts/)
    expect(error.stack).not.toMatch(/\/src\/bot\//)
  })

  test("an abort ends a call through hooks, too", async () => {
    await using server = await BotApiServer.start(() => new Promise(() => {}))
    await using bot = server.bot()
    bot.use((_call, next) => next())
    const abort = new AbortController()
    const call = bot.getMe({ signal: abort.signal })
    const rejected = expect(call).rejects.toThrow("enough")
    await expect.poll(() => server.received.length).toBe(1)
    abort.abort(new Error("enough"))
    await rejected
  })

  test("rejects a value that is not a function", () => {
    const bot = new Bot(token)
    expect(() => bot.use({} as never)).toThrow("Expected the `hook` option to be a function")
  })
})
