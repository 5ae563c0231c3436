import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { StateConflict } from "../../src/queue/state-store.js"
import { HandedBack, QueueFull } from "../../src/queue/update-queue.js"
import {
  ApiError,
  ChatMigrated,
  Conflict,
  errorCodes,
  Forbidden,
  HandlerError,
  InvalidUpdate,
  NetworkError,
  RetryAfter,
  SounderError,
  Unauthorized,
} from "../../src/telegram/errors.js"

const refusal = (errorCode: number, description: string, parameters?: object) =>
  ApiError.from({ method: "sendMessage", errorCode, description, parameters })

describe("docs/errors.md", () => {
  const document = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8")
  const headings = [...document.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading ?? "")

  test("has a heading for every code, and no other", () => {
    expect(headings.toSorted()).toEqual([...errorCodes].toSorted())
  })

  test("has each heading once", () => {
    expect(new Set(headings).size).toBe(headings.length)
  })

  test("has text under every heading", () => {
    const texts = document.split(/^## .*$/m).slice(1)
    expect(texts.filter((text) => text.trim().length < 60)).toEqual([])
  })
})

describe("the refusals of Telegram", () => {
  test.each([
    [400, "Bad Request: chat not found", ApiError, "ApiError", "api-error"],
    [401, "Unauthorized", Unauthorized, "Unauthorized", "unauthorized"],
    [401, "Unauthorized: invalid token specified", Unauthorized, "Unauthorized", "unauthorized"],
    [403, "Forbidden: bot was blocked by the user", Forbidden, "Forbidden", "forbidden"],
    [404, "Not Found", Unauthorized, "Unauthorized", "unauthorized"],
    [404, "Not Found: method not found", ApiError, "ApiError", "api-error"],
    [409, "Conflict: terminated by other getUpdates request", Conflict, "Conflict", "conflict"],
    [429, "Too Many Requests: retry after 5", RetryAfter, "RetryAfter", "retry-after"],
    [500, "Internal Server Error: restart", ApiError, "ApiError", "api-error"],
  ])("%i %s has its class and code", (errorCode, description, Class, name, code) => {
    const error = refusal(errorCode, description)
    expect(error.constructor).toBe(Class)
    expect(error).toMatchObject({ name, code, errorCode, description, method: "sendMessage" })
    expect(error).toBeInstanceOf(SounderError)
    expect(error).toBeInstanceOf(Error)
  })

  test("name the attempted call and the answer", () => {
    const { message } = refusal(400, "Bad Request: not enough rights")
    expect(message).toBe("sendMessage was answered with 400: Bad Request: not enough rights")
  })

  test("have advice about the mistakes of beginners", () => {
    expect(refusal(400, "Bad Request: chat not found").message).toBe(
      "sendMessage was answered with 400: Bad Request: chat not found. A bot can only write to " +
        "users who have started it, and to chats that it is a member of. Check `chat_id`",
    )
  })

  test("have advice about an unknown token", () => {
    expect(refusal(401, "Unauthorized").message).toBe(
      "sendMessage was answered with 401: Unauthorized. Check the bot's token with @BotFather",
    )
  })

  test("have the time to wait", () => {
    const error = refusal(429, "Too Many Requests: retry after 35", { retry_after: 35 })
    expect(error).toMatchObject({ retryAfter: 35, parameters: { retry_after: 35 } })
  })

  test("ask for a second if Telegram names no time", () => {
    expect(refusal(429, "Too Many Requests")).toMatchObject({ retryAfter: 1, parameters: {} })
  })

  test("have the new id of a group that became a supergroup", () => {
    const description = "Bad Request: group chat was upgraded to a supergroup chat"
    const error = refusal(400, description, { migrate_to_chat_id: -1001234567890 })
    expect(error).toBeInstanceOf(ChatMigrated)
    expect(error).toMatchObject({ code: "chat-migrated", migrateToChatId: -1001234567890 })
  })
})

describe("an error on this side", () => {
  test("names the method without an answer, and has the cause", () => {
    const cause = new Error("socket hang up")
    const error = new NetworkError("getMe", "the connection was cut", { cause })
    expect(error).toMatchObject({ name: "NetworkError", code: "network-error", method: "getMe" })
    expect(error.message).toBe("getMe: the connection was cut")
    expect(error.cause).toBe(cause)
  })

  test("has the update and the value that the handler threw", () => {
    const cause = new RangeError("out of range")
    const error = new HandlerError({ update_id: 7 }, cause)
    expect(error).toMatchObject({ name: "HandlerError", code: "handler-error", cause })
    expect(error.update).toEqual({ update_id: 7 })
    expect(error.message).toBe("A handler failed on update 7: out of range")
  })

  test.each([["a text"], [42], [undefined], [null], [Symbol("s")], [{ a: 1 }]])(
    "wraps a handler that throws %s",
    (thrown) => {
      const error = new HandlerError({ update_id: 7 }, thrown)
      expect(error.cause).toBe(thrown)
      expect(error.message).toContain("update 7")
    },
  )

  test("wraps a thrown value without a text", () => {
    const thrown: unknown = Object.create(null)
    expect(new HandlerError({ update_id: 7 }, thrown).message).toContain("update 7")
  })

  test.each([
    [new InvalidUpdate("no id"), "InvalidUpdate", "invalid-update"],
    [new QueueFull(3), "QueueFull", "queue-full"],
    [new StateConflict({ botId: 1, space: "cart", key: "7" }), "StateConflict", "state-conflict"],
    [new HandedBack({ botId: 1, updateId: 2 }), "HandedBack", "handed-back"],
  ])("%s has its name and code", (error, name, code) => {
    expect(error).toMatchObject({ name, code })
    expect(error).toBeInstanceOf(SounderError)
    expect(String(error)).toBe(`${name}: ${error.message}`)
  })
})
