import { FluentBundle, FluentResource } from "@fluent/bundle"
import { IntlMessageFormat } from "intl-messageformat"
import { describe, expect, expectTypeOf, test } from "vitest"
import { fluentTexts, icuTexts, type TextFunction, translations } from "../../src/i18n/index.js"
import { bold, fmt, type FormattedText, join } from "../../src/text/index.js"
import { dispatchedEach } from "../support/dispatched.js"
import { ada, textUpdate } from "../support/updates.js"

const stage = dispatchedEach()

/** Reads a Fluent file. The marks around values, which are for texts in both directions, are left out. */
function fluent(language: string, source: string): Readonly<Record<string, TextFunction>> {
  const bundle = new FluentBundle(language, { useIsolating: false })
  return fluentTexts(bundle, new FluentResource(source))
}

const english = `
-brand = Sounder
hello = Hello { $name }, this is { -brand }.
items = { $count ->
    [one] one item
   *[other] { $count } items
}
twice = { $name } and { $name }
button = Buy
    .hint = Costs { $price }
bye = Bye
`
const polish = `
hello = Witaj { $name }.
items = { $count ->
    [one] rzecz
    [few] { $count } rzeczy
   *[many] { $count } wiele
}
`
const messages = {
  hello: "Hello {name}!",
  items: "{count, plural, one {one item} other {# items}}",
  shop: "<link>Shop</link> of {name}",
  bye: "Bye",
}
const german = { hello: "Hallo {name}!", shop: "<link>Laden</link> von {name}" }

/** Texts that break formats and syntaxes of all kinds. */
const nasty = ["{name}", "{ $name }", "<b>x</b>", "*x* _y_", "\uFDD00\uFDD0", "'{'", "</link>", ""]

test.each([
  ["Fluent", translations("en", fluent("en", english), { pl: fluent("pl", polish) }), "pl"],
  [
    "ICU",
    translations("en", icuTexts(IntlMessageFormat, "en", messages), {
      de: icuTexts(IntlMessageFormat, "de", german),
    }),
    "de",
  ],
] as const)(
  "the texts of %s files are those of the user's language, and of the fallback where it lacks them",
  async (_, texts, language_code) => {
    const seen: unknown[] = []
    const app = stage.dispatcher.derive(texts)
    app.command("start", (ctx) => {
      seen.push(ctx.language, ctx.texts["hello"]?.({ name: "Ada" }), ctx.texts["bye"]?.())
    })
    stage.dispatcher.start()
    await stage.put(textUpdate("/start", { from: { ...ada, language_code } }))
    const hello = { pl: "Witaj Ada.", de: "Hallo Ada!" }[language_code]
    expect(seen).toEqual([language_code, hello, "Bye"])
  },
)

test.each([
  ["Fluent", fluent("en", english)["items"]],
  ["ICU", icuTexts(IntlMessageFormat, "en", messages).items],
])("plural forms of %s follow the language", (_, items) => {
  expect([0, 1, 2].map((count) => items?.({ count }))).toEqual(["0 items", "one item", "2 items"])
})

test("plural forms of Fluent follow the rules of a language with several", () => {
  const { items } = fluent("pl", polish)
  expect([1, 3, 5].map((count) => items?.({ count }))).toEqual(["rzecz", "3 rzeczy", "5 wiele"])
})

describe.each([
  ["Fluent", fluent("en", "hello = Hello { $name }!")["hello"]!],
  ["ICU", icuTexts(IntlMessageFormat, "en", messages).hello],
])("a value of %s", (_, hello) => {
  test("is text as it is, whatever a user has typed", () => {
    for (const name of nasty) {
      expect(hello({ name: fmt`${name}` })).toEqual(fmt`Hello ${name}!`)
      const plain = name.replaceAll("\uFDD0", "�")
      expect([`Hello ${name}!`, `Hello ${plain}!`]).toContain(hello({ name }))
    }
  })

  test("keeps its formatting", () => {
    expect(hello({ name: bold("Ada") })).toEqual(fmt`Hello ${bold("Ada")}!`)
  })

  test("that is missing is an error that names it", () => {
    expect(() => hello({ nobody: "Ada" })).toThrow(/name/)
    expect(() => hello()).toThrow(/name/)
  })

  test("may be a number, a date, a truth value or nothing", () => {
    expect(hello({ name: 7 })).toBe("Hello 7!")
    expect(hello({ name: 7n })).toBe("Hello 7!")
    expect(hello({ name: true })).toBe("Hello true!")
    expect(hello({ name: new Date(0) })).toMatch(/^Hello .*19(69|70).*!$/)
  })
})

test("a formatted value of Fluent may occur twice, next to plain ones", () => {
  const { twice, hello } = fluent("en", english)
  const name = bold("Ada")
  expect(twice?.({ name })).toEqual(fmt`${name} and ${name}`)
  expect(hello?.({ name, other: "\uFDD00\uFDD0" })).toEqual(fmt`Hello ${name}, this is Sounder.`)
})

test("the attributes of a Fluent message are texts, and its terms are none", () => {
  const texts = fluent("en", english)
  expect(Object.keys(texts)).toEqual(["hello", "items", "twice", "button", "button.hint", "bye"])
  expect(texts["button.hint"]?.({ price: 5 })).toBe("Costs 5")
})

test("several Fluent files make one set of texts; a message that occurs twice is an error", () => {
  const files = ["a = 1", "b = { a }"].map((source) => new FluentResource(source))
  expect(fluentTexts(new FluentBundle("en"), ...files)["b"]?.()).toBe("1")
  const twice = [files[0]!, files[0]!]
  expect(() => fluentTexts(new FluentBundle("en"), ...twice)).toThrow(/"a"/)
})

test("a tag of an ICU message is a format that the program chooses", () => {
  const { shop } = icuTexts(IntlMessageFormat, "en", messages)
  const link = (parts: readonly (string | FormattedText)[]) => bold(join(parts))
  expect(shop({ link, name: "Ada" })).toEqual(fmt`${bold("Shop")} of Ada`)
  expect(shop({ link: (parts) => `${parts.length}`, name: "Ada" })).toBe("1 of Ada")
  expect(() => shop({ name: "Ada" })).toThrow(/link/)
})

test("an ICU message with wrong syntax is an error at once", () => {
  expect(() => icuTexts(IntlMessageFormat, "en", { hello: "Hello {name" })).toThrow(SyntaxError)
})

test("the compiler knows the names of the texts, and whether they have a formatting", () => {
  const { hello } = icuTexts(IntlMessageFormat, "en", messages)
  expectTypeOf(hello({ name: "Ada" })).toBeString()
  expectTypeOf(hello({ name: bold("Ada") })).toEqualTypeOf<string | FormattedText>()
  // @ts-expect-error -- no such text
  expect(icuTexts(IntlMessageFormat, "en", messages).nothing).toBeUndefined()
  const texts = fluentTexts<"hello" | "bye">(new FluentBundle("en"), new FluentResource(english))
  expectTypeOf(texts.bye()).toBeString()
  // @ts-expect-error -- no such text
  expect(texts.nothing).toBeUndefined()
  // @ts-expect-error -- a value of another type
  expect(() => texts.hello({ name: [] })).not.toThrow(SyntaxError)
})
