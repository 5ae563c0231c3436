import { inspect } from "node:util"
import { describe, expect, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { withoutOwnFrames } from "../../src/ground/call-place.js"
import { silentLogger } from "../../src/ground/logger.js"
import { ApiError } from "../../src/telegram/errors.js"
import { Updater } from "../../src/updater.js"
import { BotApiServer, refusal, rejection } from "./bot-api-server.js"

/** Returns the frames of a stack. */
const framesOf = (error: Error) => String(error.stack).split("\n").slice(1)

test("the stack of a mistake begins at the line of the program, not at a function of JavaScript itself", () => {
  const updater = new Updater({ token: "110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" })
  let error: unknown
  try {
    updater.dispatcher.command("/start", () => {})
  } catch (thrown) {
    error = thrown
  }
  const [, first] = withoutOwnFrames(String((error as TypeError).stack)).split("\n")
  expect(first).toMatch(/call-place\.test\.ts/)
})

describe("the stack of a failed call", () => {
  test("begins at the line of the call, and contains no line of Sounder's", async () => {
    await using server = await BotApiServer.start(() => refusal(400, "Bad Request: text is empty"))
    await using bot = server.bot()
    function userCall() {
      return bot.sendMessage({ chat_id: 1, text: "" })
    }
    const error = await rejection(userCall())
    expect(error).toBeInstanceOf(ApiError)
    expect(framesOf(error)[0]).toMatch(/at userCall .*call-place\.test\.ts/)
    expect(error.stack).not.toMatch(/\/src\/bot\//)
  })

  test("begins with the error's name and message, once", async () => {
    await using server = await BotApiServer.start(() => refusal(400, "Bad Request: text is empty"))
    await using bot = server.bot()
    const error = await rejection(bot.getMe())
    const [first] = String(error.stack).split("\n")
    expect(first).toBe("ApiError: getMe was answered with 400: Bad Request: text is empty")
    expect(inspect(error).match(/getMe was answered/g)).toHaveLength(1)
  })

  test("is that of the call also without an answer, and for a download", async () => {
    await using server = await BotApiServer.start(({ method }) =>
      method === "getFile"
        ? { result: { file_id: "a", file_unique_id: "b", file_path: "c" } }
        : { status: 500 },
    )
    await using bot = server.bot()
    const errors = [await rejection(bot.getMe()), await rejection(bot.download("a"))]
    for (const error of errors) {
      expect(framesOf(error)[0]).toMatch(/call-place\.test\.ts/)
      expect(error.stack).not.toMatch(/\/src\/bot\//)
    }
  })

  test("the program's stack trace limit is unchanged", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 3
    await bot.getMe()
    expect(Error.stackTraceLimit).toBe(3)
    Error.stackTraceLimit = limit
  })
})

describe("a start that fails names the line that started it", () => {
  test.each(["refuses the token", "is unreachable"])("where Telegram %s", async (how) => {
    const server = await BotApiServer.start(() => refusal(401, "Unauthorized"))
    const bot = server.bot()
    if (how === "is unreachable") await server[Symbol.asyncDispose]()
    const updater = new Updater({ bot, logger: silentLogger })
    async function userProgram() {
      await updater.startPolling()
    }
    const error = await rejection(userProgram())
    expect(framesOf(error)[0]).toMatch(/at (async )?userProgram .*call-place\.test\.ts/)
    await bot[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  test("where an option is wrong", async () => {
    const updater = new Updater({ token: "1:a", logger: silentLogger })
    async function userProgram() {
      await updater.startWebhook({ webhookUrl: "ftp://bot.example.com/hook" })
    }
    const error = await rejection(userProgram())
    expect(framesOf(error)[0]).toMatch(/at (async )?userProgram .*call-place\.test\.ts/)
    await updater.bot[Symbol.asyncDispose]()
  })

  test("where key and certificate are swapped, without a line of Sounder's", async () => {
    const updater = new Updater({ token: "1:a", logger: silentLogger })
    const { key, cert } = await createCertificate("bot.example.com")
    async function userProgram() {
      await updater.startWebhook({ port: 0, key: cert, cert: key })
    }
    const error = await rejection(userProgram())
    expect(framesOf(error)[0]).toMatch(/at (async )?userProgram .*call-place\.test\.ts/)
    expect(error.stack).not.toMatch(/\/src\//)
    await updater.bot[Symbol.asyncDispose]()
  })
})
