import { expect, test } from "vitest"
import { redactTokens, tokenPattern } from "../../src/telegram/redact-tokens.js"

const token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
const secret = token.slice(token.indexOf(":") + 1)

/** Every way in which the colon of a token reaches a log. */
const spellings = [":", "%3A", "%3a", "%253A", "%25253a", "\\u003a", "\\\\u003A", "&#58;", "&#x3a;"]

test.each(spellings)("a token with its colon written %s is redacted", (colon) => {
  const text = `GET /bot${token.replace(":", colon)}/getMe`
  expect(redactTokens(text)).toBe("GET /bot<token>/getMe")
  expect(text.replaceAll(tokenPattern(token), "$1<token>")).not.toContain(secret)
  expect(text.replaceAll(tokenPattern(token), "<token>")).toBe("GET /bot<token>/getMe")
})

test("a short token is redacted if the bot is known, and other texts are unchanged", () => {
  const tokenOf = (id: number) => (id === 77 ? "77:weak" : undefined)
  expect(redactTokens("77:weak and 77%3Aweak/getMe", tokenOf)).toBe("<token> and <token>/getMe")
  expect(redactTokens("77:weak")).toBe("77:weak")
  expect(redactTokens("at 12:30:45, 78:weak, 77:wea", tokenOf)).toBe("at 12:30:45, 78:weak, 77:wea")
})

test("the secret half alone is redacted if it is long enough", () => {
  expect(`of ${secret.toLowerCase()}`.replaceAll(tokenPattern(token), "<token>")).toBe("of <token>")
  expect("weak".replaceAll(tokenPattern("77:weak"), "<token>")).toBe("weak")
})
