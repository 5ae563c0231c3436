/** The texts of a bot in several languages. */
export { plural, type PluralForms, type PluralOptions } from "./plural.js"
export {
  type TranslatedContext,
  type TranslationOptions,
  type Translations,
  translations,
} from "./translations.js"
