import { expectOptionsObject, type OptionNames, unexpectedOption } from "../ground/expect-option.js"
import type { Context, Deriver } from "../dispatch/index.js"

/** Options of {@link translations}. */
export interface TranslationOptions<Extra extends object = {}> {
  /**
   * Returns the language that a user has chosen, for example from a session; `undefined` without a choice. Default:
   * the language of the user's app is used.
   */
  readonly language?: (ctx: Context & Extra) => string | undefined | Promise<string | undefined>
}

const optionNames: OptionNames<TranslationOptions> = { language: true }

/** The values that translations add to the context of handlers. */
export interface TranslatedContext<Texts extends object> {
  /** The texts in the language of the user. */
  readonly texts: Texts
  /** The language of `texts`. */
  readonly language: string
}

/** The texts of a bot in several languages, to be passed to `derive` of a router. */
export interface Translations<Texts extends object, Extra extends object = {}> extends Deriver<
  TranslatedContext<Texts>,
  Extra
> {
  /** The languages that have texts, in lower case. The first is the fallback. */
  readonly languages: readonly string[]
  /**
   * Returns the texts for a language, for example in a job: for `"de-AT"` the texts of `de-AT`, otherwise of `de`,
   * otherwise of the fallback.
   *
   * @param language the language as an IETF tag, as in `language_code` of a user
   */
  textsFor(language: string | undefined): Texts
}

/**
 * Makes the texts of a bot in several languages. `router.derive` puts the texts in the user's language on the
 * context: in the language that the user has chosen, otherwise in the language of the user's app, otherwise in
 * the fallback.
 *
 * A text is a value of any type or a function, so that the compiler checks the names and arguments of all texts.
 *
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { translations } from "sounder/i18n"
 *
 * const en = { hello: (name: string) => `Hello ${name}!` }
 * const de = { hello: (name: string) => `Hallo ${name}!` }
 *
 * const updater = new Updater({ token: process.env.BOT_TOKEN })
 * const app = updater.dispatcher.derive(translations("en", en, { de }))
 * app.command("start", (ctx) => ctx.reply(ctx.texts.hello(ctx.from.first_name)))
 * ```
 * @param fallback the language of `texts`, as an IETF tag
 * @param others the texts of other languages, by IETF tag. A missing text is taken from the fallback.
 * @throws TypeError for a language that is no IETF tag, and for a language that is given twice
 */
export function translations<Texts extends object, Extra extends object = {}>(
  fallback: string,
  texts: Texts,
  others: { readonly [language: string]: Partial<NoInfer<Texts>> },
  options: TranslationOptions<Extra> = {},
): Translations<Texts, Extra> {
  expectOptionsObject(options, "translations(fallback, texts, others, { language })", optionNames)
  const all = new Map<string, Texts>([[tagOf(fallback), texts]])
  for (const [language, own] of Object.entries(others)) {
    const tag = tagOf(language)
    if (all.has(tag)) throw new TypeError(`Expected each language once, got \`${language}\` twice.`)
    all.set(tag, { ...texts, ...givenOf(own) })
  }
  const known = (language: string | undefined) => tagsOf(language).find((tag) => all.has(tag))
  return {
    languages: [...all.keys()],
    textsFor: (language) => all.get(known(language) ?? "") ?? texts,
    async derive(ctx) {
      const chosen = known(await options.language?.(ctx))
      const language = chosen ?? known(ctx.from?.language_code) ?? tagOf(fallback)
      return { texts: all.get(language) ?? texts, language }
    },
  }
}

/** Returns the texts without those that are `undefined` or `null`, as in a file that is not yet translated. */
function givenOf<Texts extends object>(texts: Texts): Partial<Texts> {
  const given = Object.entries(texts).filter(([, text]) => text !== undefined && text !== null)
  // These are some of the texts.
  return Object.fromEntries(given) as Partial<Texts>
}

/** Returns a language tag in lower case. */
function tagOf(language: string): string {
  if (!/^[a-z]{2,8}(?:[-_][a-z\d]{1,8})*$/i.test(language)) {
    unexpectedOption("language", 'an IETF tag, as in "pt-BR"', language)
  }
  return language.toLowerCase().replaceAll("_", "-")
}

/** Returns a language with its territory, and without. The language may come from outside. */
function tagsOf(language: string | undefined): readonly string[] {
  if (typeof language !== "string" || language.length > 100) return []
  const parts = language.toLowerCase().replaceAll("_", "-").split("-")
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("-"))
}
