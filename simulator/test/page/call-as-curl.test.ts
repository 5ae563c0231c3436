import { expect, test } from "vitest"
import { callAsCurl } from "../../page/src/wire/call-as-curl.js"
import type { PageCall } from "../../src/page/protocol.js"

const apiRoot = "http://127.0.0.1:8081"

function commandOf(method: string, params: Readonly<Record<string, string>> = {}): string {
  // The command needs only these members.
  return callAsCurl({ method, params, files: [] as string[] } as unknown as PageCall, apiRoot)
}

test("a call is a command that reads the token from a variable", () => {
  expect(commandOf("sendMessage", { text: "It's me" })).toBe(
    `curl "${apiRoot}/bot$BOT_TOKEN/sendMessage" \\\n  --data-urlencode 'text=It'\\''s me'`,
  )
})

test("a shell carries out no part of a method's name", () => {
  expect(commandOf('x$(id)`id`"')).toBe(`curl "${apiRoot}/bot$BOT_TOKEN/"'x$(id)%60id%60%22'`)
})
