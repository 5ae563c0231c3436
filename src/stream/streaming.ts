import type { Context, Router } from "../dispatch/index.js"
import { handlingOf } from "../dispatch/context/context.js"
import { AnswerStream, type StreamedAnswer } from "./answer-stream.js"
import { expectStreamOptions, type StreamOptions, type StreamSource } from "./stream-options.js"

/** The method that {@link streaming} adds to the context of handlers. */
export interface StreamContext {
  /**
   * Sends an answer that comes in pieces, and shows it while it grows: as a draft with a button to stop it in a
   * private chat, otherwise as a message that is edited. The whole answer is sent at the end, in messages of at
   * most 4,096 characters.
   *
   * Resolves with the messages when all of them were sent, or with the part so far when an update interrupts the
   * handler. A handler that runs again after a crash or a failure continues with the messages that it has sent;
   * an answer that was complete is not sent again. Rejects with the error of the source, with the error of a call
   * that Telegram refuses, with the reason of the abort when the handler must end, and with a `TypeError` for a
   * wrong argument or an update without a chat.
   *
   * @param options replace the options of {@link streaming}
   * @see docs/guides/streaming.md
   */
  stream(source: StreamSource, options?: StreamOptions): Promise<StreamedAnswer>
}

/**
 * Mounts a new router, whose handlers have `ctx.stream`, and returns it. The router also asks Telegram for the
 * updates by which a person stops an answer.
 *
 * @example
 * ```ts
 * import { filters, Updater } from "sounder"
 * import { streaming } from "sounder/stream"
 *
 * async function* words(text: string) {
 *   for (const word of text.split(" ")) yield `${word} `
 * }
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * const bot = streaming(dispatcher)
 * bot.on(filters.text, (ctx) => ctx.stream(words(ctx.message.text)))
 * ```
 * @param options the defaults of all streams
 * @throws TypeError for a wrong option
 * @see docs/guides/streaming.md
 */
export function streaming<X extends object>(
  router: Router<X>,
  options: StreamOptions = {},
): Router<X & StreamContext> {
  const defaults = expectStreamOptions(options, "streaming(router, { paceMs })")
  // With this handler, Sounder requests the update type from Telegram. The dispatcher interrupts the streaming handler.
  router.stoppedMessageGeneration((_, next) => next())
  return router.derive((ctx) => ({
    stream: (source, given = {}) => stream(ctx, source, { defaults, given }),
  }))
}

function stream(
  ctx: Context,
  source: StreamSource,
  { defaults, given }: { readonly defaults: StreamOptions; readonly given: StreamOptions },
): Promise<StreamedAnswer> {
  const run = async () => {
    const options = expectStreamOptions(given, "ctx.stream(source, { paceMs })")
    return new AnswerStream(ctx, source, { ...defaults, ...options }).run()
  }
  return handlingOf(ctx).watch(run())
}
