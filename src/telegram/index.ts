/** The types of the Bot API, and functions on updates and errors. Nothing here does I/O. */
export type * from "./types.js"
export type { ApiMethodName, ApiMethods, ApiParameters, ApiResult, UpdateType } from "./api.js"
export {
  type ByteStream,
  InputFile,
  type InputFileOptions,
  type InputFileSource,
} from "./input-file.js"
export { parseUpdate } from "./parse-update.js"
export {
  type LaneRule,
  updateChat,
  updateDate,
  updateLane,
  updateMessage,
  updateType,
  updateUser,
} from "./update-facts.js"
export { optInUpdateTypes, updateTypes } from "./update-types.js"
export {
  type ExplainedWebhookError,
  explainWebhookError,
  type WebhookErrorCode,
  webhookErrorCodes,
} from "./webhook-errors/explain-webhook-error.js"
