import { type Context, handlingOf } from "../dispatch/context/context.js"
import { derivedContext } from "../dispatch/context/derived-context.js"
import { StandIn } from "../dispatch/context/stand-in.js"
import { withTypes } from "../dispatch/filters/filter.js"
import { Router } from "../dispatch/handlers/router.js"
import type { Removable } from "../ground/removable.js"
import { ownContent } from "../telegram/own-update.js"
import {
  type EndData,
  type GatheringForm,
  gatheringSpace,
  type StoredPart,
} from "./gathering-form.js"
import { OpenGathering } from "./open-gathering.js"
import { messageOf } from "./stored-gathering.js"

/** The functions that handle a gathering. */
export interface GatheringHandlers {
  readonly handler: (ctx: Context) => unknown
  /** Handles parts that come after the end; `undefined` for `handler`. */
  readonly late: ((ctx: Context) => unknown) | undefined
}

/** The key of the gathering among the values of a router. */
const opened: unique symbol = Symbol("gathering")

/** The values of the router for the own updates that end a gathering. */
interface EndValues {
  /** The gathering; `undefined` if another part has arrived since, or if the gathering was handled before. */
  readonly [opened]: OpenGathering | undefined
}

/** The update types of edits, by the types of new messages. */
const editedTypes = {
  message: "edited_message",
  channel_post: "edited_channel_post",
  business_message: "edited_business_message",
} as const

/** Mounts the handlers of parts, of their edits and of ends on a router. */
export function mountGathering(
  form: GatheringForm,
  router: Router,
  handlers: GatheringHandlers,
): Removable {
  const types = form.types.flatMap((type) => [type, editedTypes[type]])
  const parts = new Router()
  parts.on(
    withTypes(types, () => true),
    (ctx) => addPart(form, ctx),
  )
  const ends = new Router()
  const ended = ends.derive<EndValues>({
    derive: async (ctx) => ({ [opened]: await endedGathering(form, ctx) }),
    afterFailure: (_ctx, values) => values[opened]?.end(),
  })
  ended.event(gatheringSpace(form), (ctx) => handleEnd(form, ctx, handlers))
  const registrations = [
    router.use(ends),
    router.route((ctx) => choosePart(form, ctx), { part: parts }),
  ]
  return { remove: () => registrations.forEach((registration) => registration.remove()) }
}

/** Returns the part that an update brings or edits; `undefined` for another update. */
function partOf(form: GatheringForm, ctx: Context): (StoredPart & { isEdit: boolean }) | undefined {
  const { update } = ctx
  const receivedAt = ctx.receivedAt.getTime()
  for (const type of form.types) {
    if (update[type]) return { update, receivedAt, isEdit: false }
    const edited = update[editedTypes[type]]
    // An edited message is stored as if it had come in its new form.
    const asNew = edited && { update_id: update.update_id, [type]: edited }
    if (asNew) return { update: asNew, receivedAt, isEdit: true }
  }
  return undefined
}

/** Returns the name of the router of parts if an update brings or edits one. Reads the state only if necessary. */
function choosePart(
  form: GatheringForm,
  ctx: Context,
): "part" | undefined | Promise<"part" | undefined> {
  const part = partOf(form, ctx)
  if (!part) return undefined
  const message = messageOf(part)
  const key = form.keyOf(ctx, message)
  if (key === undefined) return undefined
  if (part.isEdit) return choose((gathering) => gathering.has(message.message_id))
  if (form.filter && !form.filter(part.update)) return undefined
  return form.begins(message) ? "part" : choose((gathering) => gathering.accepts(part))

  async function choose(isPart: (gathering: OpenGathering) => boolean) {
    return isPart(await OpenGathering.read(form, ctx, key ?? "")) ? "part" : undefined
  }
}

async function addPart(form: GatheringForm, ctx: Context): Promise<void> {
  const found = partOf(form, ctx)
  const key = found && form.keyOf(ctx, messageOf(found))
  if (!found || key === undefined) return
  const { isEdit, ...part } = found
  const gathering = await OpenGathering.read(form, ctx, key)
  if (isEdit) gathering.edit(part)
  else gathering.add(part)
}

async function endedGathering(
  form: GatheringForm,
  ctx: Context,
): Promise<OpenGathering | undefined> {
  // `OpenGathering` has put each own update of this name.
  const data = ownContent(ctx.update)?.data as EndData
  const gathering = await OpenGathering.read(form, ctx, data.key)
  return gathering.isAtEnd(data) ? gathering : undefined
}

async function handleEnd(
  form: GatheringForm,
  ctx: Context & EndValues,
  { handler, late }: GatheringHandlers,
): Promise<void> {
  const gathering = ctx[opened]
  const [first] = gathering?.parts ?? []
  if (!gathering || !first || gathering.putOff()) return
  const { handled } = gathering
  const messages = gathering.parts.map(messageOf)
  const values = { ...form.valuesOf(messages), parts: messages, ...(handled && { handled }) }
  const handling = new StandIn(handlingOf(ctx), first.update, first.receivedAt)
  const within = derivedContext<Context, object>(ctx, values, handling)
  await (handled && late ? late : handler)(within)
  gathering.end()
}
