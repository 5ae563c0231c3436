/**
 * Links that open a bot, and the typed data in them.
 *
 * @module
 */
export { deepLink, type DeepLinkOptions, type DeepLinkRight } from "./deep-link.js"
export {
  type StartContext,
  startParameter,
  type StartParameter,
  type StartParameterAt,
  type StartParameterOptions,
} from "./start-parameter.js"
