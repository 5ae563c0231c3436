import fc from "fast-check"
import { expect, test } from "vitest"
import { Dispatcher, type Filter, filters } from "../../../src/dispatch/index.js"
import type { Update } from "../../../src/telegram/types.js"
import { optInUpdateTypes } from "../../../src/telegram/update-types.js"
import { updateType } from "../../../src/telegram/update-facts.js"
import { samples } from "../../support/update-samples.js"
import { keptBot } from "../../support/updates.js"
import { RecordingLogger } from "../../support/recording-logger.js"

const { and, not, or } = filters
const everyType: readonly Update[] = Object.values(samples).map(({ update }) => update)

/** Filters of any depth, built as by a user. */
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Filter>(
      ...[filters.message, filters.text, filters.photo, filters.user(11), filters.groups],
      () => true,
      () => false,
      (update) => update.callback_query !== undefined,
    ),
    tie("filter").map(not),
    fc.array(tie("filter"), { maxLength: 3 }).map((all) => and(...all)),
    fc.array(tie("filter"), { maxLength: 3 }).map((all) => or(...all)),
    fc
      .tuple(
        fc.constantFrom(
          ...[filters.edited, filters.channelPost, filters.editedChannelPost],
          ...[filters.businessMessage, filters.editedBusinessMessage, filters.guestMessage],
        ),
        tie("filter"),
      )
      .map(([lift, inner]) => lift(inner)),
  ),
}))

test("a handler gets exactly the updates that its filter matches, of every type", async () => {
  await fc.assert(
    fc.asyncProperty(filter, async (wanted) => {
      const dispatcher = new Dispatcher({ bot: keptBot().bot, logger: new RecordingLogger() })
      const seen: Update[] = []
      dispatcher.on(wanted, (ctx) => void seen.push(ctx.update))
      for (const update of everyType) await dispatcher.process(update)
      expect(seen).toEqual(everyType.filter(wanted))
    }),
    { numRuns: 300 },
  )
})

test("Telegram is asked for every type that a filter can match", () => {
  fc.assert(
    fc.property(filter, (wanted) => {
      const dispatcher = new Dispatcher({ bot: keptBot().bot, logger: new RecordingLogger() })
      dispatcher.on(wanted, () => {})
      const asked = new Set<string>(dispatcher.allowedUpdates)
      for (const update of everyType.filter(wanted)) {
        const type = updateType(update)!
        // A handler has to name a type that Telegram sends only on request.
        if (!optInUpdateTypes.includes(type)) expect(asked).toContain(type)
      }
    }),
    { numRuns: 1_000 },
  )
})
