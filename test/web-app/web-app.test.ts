import { createHash, createHmac } from "node:crypto"
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { checkInitData, checkLogin, checkThirdPartyInitData } from "../../src/web-app/index.js"

const token = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8"
/** Data that Telegram has made for the bot of the token, which their owner has published. */
const published =
  "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2"
/** Data that Telegram has made for the bot 7342037359, with a signature for third parties. */
const signed =
  "user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2F4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D&chat_instance=8134722200314281151&chat_type=private&auth_date=1733509682&signature=TYJxVcisqbWjtodPepiJ6ghziUL94-KNpG8Pau-X7oNNLNBM72APCpi_RKiUlBvcqo5L-LAxIc3dnTzcZX_PDg&hash=a433d8f9847bd6addcc563bff7cc82c89e97ea0d90c11fe5729cae6796a36d73"
const botId = 7_342_037_359

const always = { maxAgeMs: Infinity }

/** Returns fields with the hash that Telegram gives them. */
function hashed(fields: Record<string, string>, secret: Buffer): URLSearchParams {
  const text = Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join("\n")
  const hash = createHmac("sha256", secret).update(text).digest("hex")
  return new URLSearchParams({ ...fields, hash })
}

const webAppSecret = createHmac("sha256", "WebAppData").update(token).digest()
const loginSecret = createHash("sha256").update(token).digest()
const now = () => String(Math.floor(Date.now() / 1_000))

describe("the data of a Mini App", () => {
  test("from Telegram are returned", async () => {
    expect(await checkInitData(published, token, always)).toEqual({
      query_id: "AAHdF6IQAAAAAN0XohDhrOrc",
      user: {
        ...{ id: 279_058_397, first_name: "Vladislav", last_name: "Kibenko", username: "vdkfrost" },
        ...{ language_code: "ru", is_premium: true },
      },
      auth_date: 1_662_771_648,
    })
  })

  test("with fields that are newer than this version are returned with them", async () => {
    const data = hashed(
      { auth_date: now(), start_param: "a_b-c", signature: "x", newer: "1" },
      webAppSecret,
    )
    expect(await checkInitData(String(data), token)).toEqual({
      ...{ auth_date: Number(data.get("auth_date")), start_param: "a_b-c", newer: "1" },
    })
  })

  test.each([
    ["of another bot", published, "1:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8"],
    ["with another user", published.replace("279058397", "279058398"), token],
    ["with another field", `${published}&start_param=admin`, token],
    ["with a repeated field", `${published}&auth_date=1662771648`, token],
    ["without their hash", published.replace(/&hash=.*/, ""), token],
    ["with a short hash", published.slice(0, -2), token],
    [
      "with one field that passes for two",
      published.replace("&auth_date=", "%0Aauth_date="),
      token,
    ],
    ["that are empty", "", token],
    ["that are no query", "{}", token],
    ["that are very long", `${published}&x=${"y".repeat(20_000)}`, token],
  ])("%s give undefined", async (_title, data, ofToken) => {
    expect(await checkInitData(data, ofToken, always)).toBeUndefined()
  })

  test("with a field that passes for two do not pass, even if their hash is right", async () => {
    const data = hashed({ auth_date: now(), query_id: "a", start_param: "b" }, webAppSecret)
    data.delete("start_param")
    data.set("query_id", "a\nstart_param=b")
    expect(await checkInitData(String(data), token)).toBeUndefined()
  })

  test("with JSON that cannot be read give undefined", async () => {
    const data = hashed({ auth_date: now(), user: "{" }, webAppSecret)
    expect(await checkInitData(String(data), token)).toBeUndefined()
  })

  test("changed in any letter give undefined", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(published.length - 1),
        fc.string({ minLength: 1, maxLength: 2 }),
        async (at, letter) => {
          const changed = published.slice(0, at) + letter + published.slice(at + 1)
          fc.pre(String(new URLSearchParams(changed)) !== String(new URLSearchParams(published)))
          // The hash may be written in capital letters.
          fc.pre(changed.toLowerCase() !== published.toLowerCase())
          expect(await checkInitData(changed, token, always)).toBeUndefined()
        },
      ),
    )
  })
})

describe("the age of data", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 1_700_000_000_000 }))
  afterEach(() => void vi.useRealTimers())

  test.each([
    ["a day old", 1_700_000_000 - 86_400, undefined, true],
    ["a second older than a day", 1_700_000_000 - 86_401, undefined, false],
    ["a minute old, with that limit", 1_700_000_000 - 60, 60_000, true],
    ["older than the limit", 1_700_000_000 - 61, 60_000, false],
  ])("%s", async (_title, date, maxAgeMs, isAccepted) => {
    const options = maxAgeMs === undefined ? {} : { maxAgeMs }
    const data = hashed({ auth_date: String(date) }, webAppSecret)
    expect((await checkInitData(String(data), token, options)) !== undefined).toBe(isAccepted)
    const login = hashed({ auth_date: String(date), id: "1" }, loginSecret)
    expect((await checkLogin(login, token, options)) !== undefined).toBe(isAccepted)
  })

  test("must be known", async () => {
    expect(await checkInitData(String(hashed({}, webAppSecret)), token, always)).toBeUndefined()
    const data = hashed({ auth_date: "soon" }, webAppSecret)
    expect(await checkInitData(String(data), token, always)).toBeUndefined()
  })
})

describe("the data of a Mini App, for a third party without the token", () => {
  test("are returned", async () => {
    expect(await checkThirdPartyInitData(signed, botId, always)).toMatchObject({
      user: { id: 279_058_397, first_name: "Vladislav + - ? /" },
      ...{ chat_type: "private", chat_instance: "8134722200314281151", auth_date: 1_733_509_682 },
    })
  })

  test.each([
    ["of another bot", signed, botId + 1, {}],
    ["of the test environment", signed, botId, { environment: "test" as const }],
    ["with another user", signed.replace("279058397", "279058398"), botId, {}],
    ["with another signature", signed.replace("TYJxVc", "TYJxVd"), botId, {}],
    ["without a signature", published, 5_768_337_691, {}],
    ["that are empty", "", botId, {}],
  ])("%s give undefined", async (_title, data, ofBot, options) => {
    expect(await checkThirdPartyInitData(data, ofBot, { ...always, ...options })).toBeUndefined()
  })

  test("that are too old give undefined", async () => {
    expect(await checkThirdPartyInitData(signed, botId)).toBeUndefined()
  })
})

describe("the data of a login", () => {
  const fields = { id: "7", first_name: "Ada", username: "ada" }

  test("from Telegram are returned", async () => {
    const query = hashed({ ...fields, auth_date: now() }, loginSecret)
    const user = {
      id: 7,
      first_name: "Ada",
      username: "ada",
      auth_date: Number(query.get("auth_date")),
    }
    expect(await checkLogin(query, token)).toEqual(user)
    expect(await checkLogin(`?${String(query)}`, token)).toEqual(user)
  })

  test("of a Mini App, of another bot, or changed, give undefined", async () => {
    const given = { ...fields, auth_date: now() }
    expect(await checkLogin(hashed(given, webAppSecret), token)).toBeUndefined()
    expect(await checkLogin(hashed(given, loginSecret), `1${token}`)).toBeUndefined()
    const query = hashed(given, loginSecret)
    query.set("id", "8")
    expect(await checkLogin(query, token)).toBeUndefined()
    expect(await checkLogin("", token)).toBeUndefined()
  })
})

test.each([
  ["an empty token", () => checkInitData(published, "")],
  ["a token without an id", () => checkLogin("", "secret")],
  ["a negative age", () => checkInitData(published, token, { maxAgeMs: -1 })],
  ["an id that is no number", () => checkThirdPartyInitData(signed, Number.NaN)],
  [
    "an unknown environment",
    () => checkThirdPartyInitData(signed, 1, { environment: "x" as "test" }),
  ],
])("%s is a TypeError, which does not contain the token", async (_title, check) => {
  await expect(check()).rejects.toThrow(TypeError)
  await expect(check()).rejects.not.toThrow(/AAH5|secret/)
})
