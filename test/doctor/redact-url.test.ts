import fc from "fast-check"
import { expect, test } from "vitest"
import { redactUrl } from "../../src/doctor/redact-url.js"

const token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

test("a password is redacted, whatever its characters", () => {
  const part = fc.stringMatching(/^[\w@:!$&'()*+,;=.~%-]{0,12}$/)
  fc.assert(
    fc.property(part, part, (user, end) => {
      const password = `pass${end}word`
      const shown = redactUrl(`https://${user}:${password}@bot.example.com/hook`, {})
      expect(shown).toBe("https://<password>@bot.example.com/hook")
    }),
  )
})

test("an @ behind the host does not belong to a password", () => {
  for (const url of [
    "https://a.example/@me",
    "https://a.example?to=b@c",
    "https://a.example#b@c",
  ]) {
    expect(redactUrl(url, {})).toBe(url)
  }
})

test.each([
  [`https://a.example/${token}`, "https://a.example/<token>"],
  [`https://a.example/${encodeURIComponent(token)}/x`, "https://a.example/<token>/x"],
  [`https://a.example/${token.replace(":", "%3a")}/x`, "https://a.example/<token>/x"],
  [`https://a.example/${token.split(":")[1]}`, "https://a.example/<token>"],
])("a token is redacted: %s", (url, shown) => {
  expect(redactUrl(url, { token })).toBe(shown)
})

test("a secret is redacted, in the path or in the query", () => {
  const url = "https://a.example/my-secret?x=my-secret"
  expect(redactUrl(url, { secret: "my-secret" })).toBe("https://a.example/<secret>?x=<secret>")
})

test("the token of another bot is redacted", () => {
  expect(redactUrl(`https://a.example/${token}`, {})).toBe("https://a.example/<token>")
})
