import { EventEmitter, once } from "node:events"
import { readFileSync } from "node:fs"
import { basename, dirname, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { inspect } from "node:util"
import { afterEach, describe, expect, test, vi } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { methodNames } from "../../src/bot/method-names.generated.js"
import { ApiError, Conflict, Forbidden, Unauthorized } from "../../src/telegram/errors.js"
import { meOfBot } from "../support/me-of-bot.js"
import { BotApiServer, refusal, rejection, secret, token } from "./bot-api-server.js"

const me = meOfBot(123_456, "Test", "test_bot")

describe("the token", () => {
  test("contains the bot's id", () => {
    expect(new Bot(token).id).toBe(123_456)
    expect(new Bot(token).token).toBe(token)
  })

  test.each([undefined, "", "abc", "123456", `0${token}`, `bot${token}`, `a:${secret}`])(
    "%j is refused with a TypeError that names @BotFather and does not echo it",
    (wrong) => {
      expect(() => new Bot(wrong)).toThrow(TypeError)
      expect(() => new Bot(wrong)).toThrow("@BotFather")
      expect(() => new Bot(wrong)).not.toThrow(secret)
    },
  )

  test.each([`${token}\n`, ` ${token}\r\n`, `\uFEFF${token}`])(
    "may be surrounded by white space: %j",
    (given) => {
      expect(new Bot(given).token).toBe(token)
    },
  )

  test.each([
    [`"${token}"`, "in quotes"],
    [`bot${token}`, 'begins with "bot"'],
    ["<token>", "a placeholder in angle brackets"],
    ["@my_bot", "the name of a bot"],
    ["MyNewBot", "the name of a bot"],
    [token.replace(":", ": "), "a space or a line break in it"],
  ])("is refused with the name of the surrounding characters: %j", (given, why) => {
    expect(() => new Bot(given)).toThrow(why)
    expect(() => new Bot(given)).not.toThrow(secret)
  })

  test("is not shown by printing the bot in any way", () => {
    const bot = new Bot(token)
    const shown = [
      inspect(bot),
      inspect(bot, { showHidden: true, depth: 10 }),
      inspect(bot, { showHidden: true, depth: 10, customInspect: false }),
      JSON.stringify(bot),
      String(bot),
      Object.keys(bot).join(),
      JSON.stringify(Object.assign({}, bot)),
    ].join("\n")
    expect(shown).not.toContain(secret)
    expect(inspect(bot)).toBe('Bot { id: 123456, apiRoot: "https://api.telegram.org" }')
  })
})

describe("the API root", () => {
  afterEach(() => vi.unstubAllEnvs())

  test("is Telegram's by default", () => {
    vi.stubEnv("TELEGRAM_API_ROOT", "")
    expect(new Bot(token).apiRoot).toBe("https://api.telegram.org")
  })

  test("comes from TELEGRAM_API_ROOT where no option is given", () => {
    vi.stubEnv("TELEGRAM_API_ROOT", "http://127.0.0.1:8081/")
    expect(new Bot(token).apiRoot).toBe("http://127.0.0.1:8081")
    expect(new Bot(token, { apiRoot: "http://localhost" }).apiRoot).toBe("http://localhost")
  })

  test.each([
    "",
    "api.telegram.org",
    "ftp://localhost",
    "http://a?b",
    "http://a#b",
    "http://u:p@a",
  ])("%j is refused", (apiRoot) => {
    expect(() => new Bot(token, { apiRoot })).toThrow("Expected the `apiRoot` option")
  })

  test("with the token in it is refused without echoing the token", () => {
    const wrong = () => new Bot(token, { apiRoot: `https://api.telegram.org/bot${token}` })
    expect(wrong).toThrow("a URL without the token")
    expect(wrong).not.toThrow(secret)
  })

  test("may have a path", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot({ apiRoot: `${server.apiRoot}/telegram/` })
    await bot.getMe()
    expect(server.received[0]?.url).toBe(`/telegram/bot${token}/getMe`)
  })
})

test.each([
  [{ timeoutMs: -1 }, "timeoutMs"],
  [{ retryAfter: { attempts: 1.5 } }, "retryAfter.attempts"],
  [{ retryAfter: { maxWaitMs: Number.NaN } }, "retryAfter.maxWaitMs"],
])("wrong options are refused: %j", (options, name) => {
  expect(() => new Bot(token, options)).toThrow(`Expected the \`${name}\` option`)
})

describe("calling", () => {
  test("posts the parameters as JSON to the method's address", async () => {
    await using server = await BotApiServer.start(() => ({ result: { message_id: 7 } }))
    await using bot = server.bot()
    const message = await bot.sendMessage({ chat_id: 1, text: "Grüße 👋" })
    expect(message).toEqual({ message_id: 7 })
    const [received] = server.received
    expect(received).toMatchObject({ verb: "POST", url: `/bot${token}/sendMessage` })
    expect(received?.headers["content-type"]).toBe("application/json")
    expect(received?.json).toEqual({ chat_id: 1, text: "Grüße 👋" })
  })

  test("every method of the Bot API calls itself", async () => {
    await using server = await BotApiServer.start(({ method }) => ({ result: method }))
    await using bot = server.bot()
    const calls: Record<string, unknown> = {}
    for (const name of methodNames) {
      // Only the name matters here; each method has its own parameters.
      const call = bot[name].bind(bot) as () => Promise<unknown>
      calls[name] = await call()
    }
    expect(calls).toEqual(Object.fromEntries(methodNames.map((name) => [name, name])))
  })

  test("a method without parameters takes the options first", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const reason = new Error("no more")
    await expect(bot.getMe({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(bot.getMyName({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(server.received).toEqual([])
  })

  test("call reaches methods that are newer than the types", async () => {
    await using server = await BotApiServer.start(() => ({ result: 42 }))
    await using bot = server.bot()
    expect(await bot.call<number>("sendHologram", { chat_id: 1 })).toBe(42)
    expect(server.received[0]?.url).toBe(`/bot${token}/sendHologram`)
  })

  test.each(["", "get-me", "../getMe", "getMe?x=1", "getMe\r\n"])(
    "call refuses the method name %j",
    async (method) => {
      await expect(new Bot(token).call(method)).rejects.toThrow("Expected the `method` option")
    },
  )

  test("fifty concurrent calls each get their own result", async () => {
    await using server = await BotApiServer.start(({ json }) => ({ result: json["chat_id"] }))
    await using bot = server.bot()
    const ids = Array.from({ length: 50 }, (_, id) => id + 1)
    const answers = await Promise.all(ids.map((id) => bot.sendMessage({ chat_id: id, text: "x" })))
    expect(answers).toEqual(ids)
  })

  test("an answer with characters split across packets is read whole", async () => {
    const answer = Buffer.from(JSON.stringify({ ok: true, result: "👋".repeat(1000) }))
    await using server = await BotApiServer.listen(async (_request, response) => {
      for (let at = 0; at < answer.length; at += 1111) {
        await new Promise((resolve) => response.write(answer.subarray(at, at + 1111), resolve))
      }
      response.end()
    })
    await using bot = server.bot()
    expect(await bot.call("getMe")).toBe("👋".repeat(1000))
  })

  test("disposing waits for running calls, and a later call opens new connections", async () => {
    await using server = await BotApiServer.start()
    const bot = server.bot()
    const running = bot.getMyName()
    await expect.poll(() => server.received).toHaveLength(1)
    await bot[Symbol.asyncDispose]()
    expect(await running).toBe(true)
    expect(await bot.getMyName()).toBe(true)
    await bot[Symbol.asyncDispose]()
    await bot[Symbol.asyncDispose]()
  })

  test("a given transport is not closed with the bot", async () => {
    let isClosed = false
    const bot = new Bot(token, {
      transport: {
        send: async () => ({ status: 200, headers: {}, body: '{"ok":true,"result":1}' }),
        open: () => Promise.reject(new Error("not asked for")),
        [Symbol.asyncDispose]: async () => void (isClosed = true),
      },
    })
    expect(await bot.call("getMe")).toBe(1)
    await bot[Symbol.asyncDispose]()
    expect(isClosed).toBe(false)
  })
})

describe("refusals", () => {
  test.each([
    [400, "Bad Request: chat not found", ApiError, "api-error"],
    [401, "Unauthorized", Unauthorized, "unauthorized"],
    [403, "Forbidden: bot was blocked by the user", Forbidden, "forbidden"],
    [404, "Not Found", Unauthorized, "unauthorized"],
    [404, "Not Found: method not found", ApiError, "api-error"],
    [409, "Conflict: terminated by other getUpdates request", Conflict, "conflict"],
    [500, "Internal Server Error: restart", ApiError, "api-error"],
  ])("%i %s", async (status, description, kind, code) => {
    await using server = await BotApiServer.start(() => refusal(status, description))
    await using bot = server.bot()
    const error = await rejection(bot.sendMessage({ chat_id: 1, text: "x" }))
    expect(error).toBeInstanceOf(kind)
    expect(error).toMatchObject({ code, method: "sendMessage", errorCode: status, description })
  })

  test("a refusal for a group that was upgraded has the new id", async () => {
    await using server = await BotApiServer.start(() =>
      refusal(400, "Bad Request: group chat was upgraded", { migrate_to_chat_id: -1005 }),
    )
    await using bot = server.bot()
    const error = await rejection(bot.sendMessage({ chat_id: -5, text: "x" }))
    expect(error).toMatchObject({ code: "chat-migrated", migrateToChatId: -1005 })
  })
})

describe("init", () => {
  test("sends one request, also for two concurrent calls, and stores the result", async () => {
    await using server = await BotApiServer.start(() => ({ result: me }))
    await using bot = server.bot()
    expect(bot.me).toBeUndefined()
    expect(await Promise.all([bot.init(), bot.init()])).toEqual([me, me])
    expect(await bot.init()).toEqual(me)
    expect(bot.me).toEqual(me)
    expect(server.received).toHaveLength(1)
  })

  test("sends no request if the bot's data were given", async () => {
    const bot = new Bot(token, { apiRoot: "http://127.0.0.1:1", me })
    expect(await bot.init()).toBe(me)
  })

  test("can be tried again after a failure", async () => {
    await using server = await BotApiServer.start((_received, count) =>
      count === 1 ? refusal(500, "restart") : { result: me },
    )
    await using bot = server.bot()
    await expect(bot.init()).rejects.toThrow("restart")
    expect(await bot.init()).toEqual(me)
  })

  test("an abort only ends the wait of its caller", async () => {
    const gate = new EventEmitter()
    await using server = await BotApiServer.start(async () => {
      await once(gate, "open")
      return { result: me }
    })
    await using bot = server.bot()
    const abort = new AbortController()
    const [impatient, patient] = [bot.init({ signal: abort.signal }), bot.init()]
    abort.abort(new Error("enough"))
    await expect(impatient).rejects.toThrow("enough")
    await expect.poll(() => gate.listenerCount("open")).toBe(1)
    gate.emit("open")
    expect(await patient).toEqual(me)
  })
})

describe("onCall", () => {
  test("wraps every call and may change it or its result, or refuse it", async () => {
    await using server = await BotApiServer.start(({ json }) => ({ result: json }))
    const seen: string[] = []
    await using bot = server.bot({
      onCall: async (call, next) => {
        seen.push(`${call.method} ${JSON.stringify(call.params)}`)
        if (call.method === "close") throw new Error("not here")
        return {
          answer: await next({ ...call, params: { ...call.params, protect_content: true } }),
        }
      },
    })
    expect(await bot.call("sendMessage", { chat_id: 1 })).toEqual({
      answer: { chat_id: 1, protect_content: true },
    })
    await expect(bot.close()).rejects.toThrow("not here")
    expect(seen).toEqual(['sendMessage {"chat_id":1}', "close undefined"])
    expect(server.received).toHaveLength(1)
  })

  test("sees the caller's signal", async () => {
    const { signal } = new AbortController()
    await using server = await BotApiServer.start()
    await using bot = server.bot({
      onCall: (call, next) => {
        expect(call.signal).toBe(signal)
        return next()
      },
    })
    expect(await bot.getMe({ signal })).toBe(true)
  })
})

test("importing the bot loads nothing of undici or of Node", () => {
  const start = fileURLToPath(new URL("../../src/bot/index.ts", import.meta.url))
  const loaded = new Set<string>()
  const outside = new Set<string>()
  const visit = (path: string) => {
    if (loaded.has(path)) return
    loaded.add(path)
    const text = readFileSync(path, "utf8").replaceAll(/\/\*.*?\*\//gs, "")
    for (const [, name = ""] of text.matchAll(
      /^(?:import|export) (?!type)[^;]*? from "(.+?)"$/gm,
    )) {
      if (name.startsWith(".")) visit(resolve(dirname(path), name.replace(/js$/, "ts")))
      else outside.add(name)
    }
  }
  visit(start)
  expect(loaded.size).toBeGreaterThan(10)
  expect([...outside]).toEqual([])
  expect([...loaded].map((path) => basename(path))).not.toContain("disk.ts")
})
