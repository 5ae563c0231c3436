import { inspect } from "node:util"
import { describe, expect, test } from "vitest"
import { silentLogger } from "../../src/ground/logger.js"
import { ApiError } from "../../src/telegram/errors.js"
import { Updater } from "../../src/updater.js"
import { BotApiServer, refusal, rejection } from "./bot-api-server.js"

/** The frames of a stack. */
const framesOf = (error: Error) => String(error.stack).split("\n").slice(1)

describe("the stack of a failed call", () => {
  test("begins at the line that made it, and holds no line of Sounder's", async () => {
    await using server = await BotApiServer.start(() => refusal(400, "Bad Request: text is empty"))
    await using bot = server.bot()
    function theirOwn() {
      return bot.sendMessage({ chat_id: 1, text: "" })
    }
    const error = await rejection(theirOwn())
    expect(error).toBeInstanceOf(ApiError)
    expect(framesOf(error)[0]).toMatch(/at theirOwn .*call-place\.test\.ts/)
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

  test("the limit of stacks stays as the program has it", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 3
    await bot.getMe()
    expect(Error.stackTraceLimit).toBe(3)
    Error.stackTraceLimit = limit
  })
})

test("a start that fails names the line that started it", async () => {
  await using server = await BotApiServer.start(() => refusal(401, "Unauthorized"))
  const updater = new Updater({ bot: server.bot(), logger: silentLogger })
  async function theirProgram() {
    await updater.startPolling()
  }
  const error = await rejection(theirProgram())
  expect(framesOf(error)[0]).toMatch(/at theirProgram .*call-place\.test\.ts/)
  await updater.bot[Symbol.asyncDispose]()
})
