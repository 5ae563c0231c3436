import { describe, expect, expectTypeOf, test } from "vitest"
import { filters } from "../../src/dispatch/index.js"
import { plural, translations } from "../../src/i18n/index.js"
import { userData } from "../../src/session/index.js"
import { bold, fmt } from "../../src/text/index.js"
import { dispatchedEach } from "../support/dispatched.js"
import { ada, textUpdate, updateWith } from "../support/updates.js"

const stage = dispatchedEach()

const en = {
  hello: (name: string) => `Hello ${name}`,
  items: (count: number) => `${count} ${plural("en", count, { one: "item", other: "items" })}`,
  bye: "Bye",
}
const de = { ...en, hello: (name: string) => `Hallo ${name}`, bye: "Tschüss" }
const texts = translations("en", en, { de, "de-AT": { bye: "Baba" }, "pt-BR": { bye: "Tchau" } })

const from = (language_code?: string) => ({ from: { ...ada, language_code } })

describe("the texts are in the language of the user's app", () => {
  test.each([
    ["de", "de", "Tschüss"],
    ["DE", "de", "Tschüss"],
    ["de-CH", "de", "Tschüss"],
    ["de-AT", "de-at", "Baba"],
    ["de_at", "de-at", "Baba"],
    ["de-AT-1996", "de-at", "Baba"],
    ["pt-BR", "pt-br", "Tchau"],
    ["pt", "en", "Bye"],
    ["pt-PT", "en", "Bye"],
    ["fr", "en", "Bye"],
    [undefined, "en", "Bye"],
    ["", "en", "Bye"],
    ["constructor", "en", "Bye"],
    ["__proto__", "en", "Bye"],
    ["x-".repeat(10_000), "en", "Bye"],
  ])("%#: %s", async (code, language, bye) => {
    const seen: unknown[] = []
    const app = stage.dispatcher.derive(texts)
    app.on(filters.text, (ctx) => void seen.push(ctx.language, ctx.texts.bye))
    stage.dispatcher.start()
    await stage.put(textUpdate("x", from(code)))
    expect(seen).toEqual([language, bye])
    expect(texts.textsFor(code).bye).toBe(bye)
  })
})

test("the language that a user has chosen comes first, unless there are no texts in it", async () => {
  const settings = userData({ initial: () => ({ language: undefined as string | undefined }) })
  const chosen = translations(
    "en",
    en,
    { de },
    {
      language: (ctx: { userData: { language?: string | undefined } }) => ctx.userData.language,
    },
  )
  const seen: string[] = []
  const app = stage.dispatcher.derive(settings).derive(chosen)
  app.on(filters.text, (ctx) => {
    seen.push(ctx.texts.hello("Ada"))
    ctx.userData.language = ctx.message.text === "none" ? undefined : ctx.message.text
  })
  stage.dispatcher.start()
  for (const text of ["de", "fr", "none", "x"]) await stage.put(textUpdate(text, from("en")))
  expect(seen).toEqual(["Hello Ada", "Hallo Ada", "Hello Ada", "Hello Ada"])
})

test("an update without a user gets the fallback", async () => {
  const seen: string[] = []
  stage.dispatcher.derive(texts).poll((ctx) => void seen.push(ctx.texts.bye))
  stage.dispatcher.start()
  await stage.put(updateWith({ poll: { id: "1" } }))
  expect(seen).toEqual(["Bye"])
})

test("a text that a language lacks is that of the fallback", () => {
  expect(texts.textsFor("pt-BR").hello("Ada")).toBe("Hello Ada")
  expect(texts.languages).toEqual(["en", "de", "de-at", "pt-br"])
})

test("texts can be formatted, and their names and arguments are checked", () => {
  const formatted = translations("en", { hello: (name: string) => fmt`Hello ${bold(name)}` }, {})
  expect(formatted.textsFor("de").hello("<b>")).toEqual(fmt`Hello ${bold("<b>")}`)
  expectTypeOf(texts.textsFor("de").hello).parameters.toEqualTypeOf<[name: string]>()
  // @ts-expect-error -- a name is missing
  texts.textsFor("de").hello()
  // @ts-expect-error -- no such text
  expect(texts.textsFor("de").nothing).toBeUndefined()
  // @ts-expect-error -- a text of another type
  translations("en", en, { de: { bye: 1 } })
})

test("plural forms follow the rules of the language", () => {
  const things = (count: number) =>
    plural("pl", count, { one: "rzecz", few: "rzeczy", other: "wiele" })
  expect([1, 2, 5, 22, 25].map(things)).toEqual(["rzecz", "rzeczy", "wiele", "rzeczy", "wiele"])
  expect([0, 1, 2].map((count) => texts.textsFor("en").items(count))).toEqual([
    ...["0 items", "1 item", "2 items"],
  ])
  const suffixes = { one: "st", two: "nd", few: "rd", other: "th" }
  const ordinal = (place: number) => plural("en", place, suffixes, { type: "ordinal" })
  expect([1, 2, 3, 4, 11, 21].map(ordinal)).toEqual(["st", "nd", "rd", "th", "th", "st"])
  expect(plural("en", 1, { other: fmt`x` })).toEqual(fmt`x`)
})

test.each([
  ["the fallback", () => translations("", en, {})],
  ["another language", () => translations("en", en, { "a b": {} })],
  ["the language of a plural", () => plural("a b", 1, { other: "x" })],
])("%s that is no language tag is a TypeError", (_title, make) => {
  expect(make).toThrow(/`language` option to be an IETF tag/)
})

test("a language that is given twice is a TypeError", () => {
  expect(() => translations("en", en, { de: {}, DE: {} })).toThrow("got `DE` twice")
  expect(() => translations("en", en, { EN: {} })).toThrow(TypeError)
})

test.each([[undefined], [null]])("a text that is %s is taken from the fallback", (bye) => {
  const own = { hello: en.hello, bye } as unknown as Partial<typeof en>
  expect(translations("en", en, { de: own }).textsFor("de")).toEqual(en)
})
