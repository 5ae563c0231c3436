import {
  expectOptionsObject,
  type OptionNames,
  unexpectedOption,
} from "../../ground/expect-option.js"

/** Options of a handler. */
export interface HandlerOptions {
  /**
   * Whether an update that matches the handler interrupts the handler that runs in its lane: that handler's
   * `ctx.signal` aborts with an `Interrupted` when the update arrives, and the update is handled in its
   * ordinary place. Only the conditions of this handler are considered, without derived values, `route` and the
   * handlers before it. Default: `false`.
   *
   * @see docs/guides/handlers.md
   */
  readonly interrupts?: boolean | undefined
}

/** The names of the options of a handler. */
export const handlerOptionNames: OptionNames<HandlerOptions> = { interrupts: true }

/**
 * Returns the options of a handler.
 *
 * @param names the names of the options. Default: {@link handlerOptionNames}
 * @throws TypeError for a wrong option
 */
export function expectHandlerOptions(
  options: unknown = {},
  names: Readonly<Record<string, true>> = handlerOptionNames,
): HandlerOptions {
  expectOptionsObject(options, "{ interrupts: true }", names)
  const { interrupts } = options as HandlerOptions
  if (interrupts !== undefined && typeof interrupts !== "boolean") {
    unexpectedOption("interrupts", "true or false", interrupts)
  }
  return { interrupts }
}
