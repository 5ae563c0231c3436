/**
 * Streaming: answers that are shown while they grow, such as those of language models.
 *
 * @module
 */
export { streaming, type StreamContext } from "./streaming.js"
export type { StreamedAnswer } from "./answer-stream.js"
export type {
  StreamFormat,
  StreamMessage,
  StreamOptions,
  StreamSource,
  StreamView,
} from "./stream-options.js"
