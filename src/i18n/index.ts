/** The texts of a bot in several languages. */
export {
  type FluentBundleLike,
  type FluentResourceLike,
  fluentTexts,
  type FluentValue,
} from "./fluent-texts.js"
export {
  icuTexts,
  type IcuValue,
  type MessageFormatClass,
  type MessageFormatter,
} from "./icu-texts.js"
export { plural, type PluralForms, type PluralOptions } from "./plural.js"
export type { PlainValue, TextFunction, TextValue } from "./text-function.js"
export {
  type TranslatedContext,
  type TranslationOptions,
  type Translations,
  translations,
} from "./translations.js"
