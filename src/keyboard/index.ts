/**
 * Keyboards, as plain objects of Telegram's types, and typed data of their buttons.
 *
 * @module
 */
export {
  callbackData,
  type CallbackData,
  type CallbackDataAt,
  type CallbackDataOptions,
  type CallbackDataPlace,
} from "./callback-data.js"
export type {
  CallbackFieldData,
  CallbackFieldKind,
  CallbackFields,
  ShortFieldData,
} from "./callback-fields.js"
export type { ButtonLook, InlineButtons } from "./inline-buttons.js"
export { type Arrangement, inlineKeyboard, type InlineKeyboard } from "./inline-keyboard.js"
export { forceReply, keyboard, removeKeyboard, type ReplyKeyboard } from "./reply-keyboard.js"
export type { StandardSchema } from "../ground/standard-schema.js"
