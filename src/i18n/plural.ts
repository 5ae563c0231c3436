import { expectOptionsObject, unexpectedOption } from "../ground/expect-option.js"

/** The forms of a text by the plural categories of languages. English has `one` and `other`. */
export type PluralForms<Form> = {
  /** The form for a category. */
  readonly [Category in Exclude<Intl.LDMLPluralRule, "other">]?: Form
} & {
  /** The form for all numbers without a form of their own. */
  readonly other: Form
}

/** Options of {@link plural}. */
export interface PluralOptions {
  /** `"ordinal"` for the place in an order, as in 1st, 2nd and 3rd. Default: `"cardinal"`. */
  readonly type?: Intl.PluralRuleType
}

/** The rules that were used, by their type and language. */
const rules = new Map<string, Intl.PluralRules>()

/** The maximum number of stored rules. A program has fewer languages. */
const maxRules = 200

/**
 * Returns the form of a text for a number, by the rules of a language.
 *
 * @example
 * ```ts
 * import { plural } from "sounder/i18n"
 *
 * export const items = (count: number) =>
 *   `${count} ${plural("pl", count, { one: "rzecz", few: "rzeczy", other: "rzeczy" })}`
 * ```
 * @param language the language as an IETF tag, as in `"pt-BR"`
 * @throws TypeError for a language that is no such tag
 */
export function plural<Form>(
  language: string,
  count: number,
  forms: PluralForms<Form>,
  options: PluralOptions = {},
): Form {
  expectOptionsObject(options, 'plural("en", count, forms, { type })', { type: true })
  return forms[rulesOf(language, options.type ?? "cardinal").select(count)] ?? forms.other
}

function rulesOf(language: string, type: Intl.PluralRuleType): Intl.PluralRules {
  const key = `${type} ${language}`
  const stored = rules.get(key)
  if (stored) return stored
  if (rules.size >= maxRules) rules.clear()
  const made = newRules(language, type)
  rules.set(key, made)
  return made
}

function newRules(language: string, type: Intl.PluralRuleType): Intl.PluralRules {
  try {
    return new Intl.PluralRules(language, { type })
  } catch {
    return unexpectedOption("language", 'an IETF tag, as in "pt-BR"', language)
  }
}
