import type { UpdateType } from "../../telegram/api.js"
import type { Message, Update } from "../../telegram/types.js"
import {
  type Filter,
  type Patterned,
  patternOf,
  typesOf,
  withPattern,
  withTypes,
} from "./filter.js"

/** An update of type `T` with a message as narrow as the `message` of the update `X`. */
type Lifted<T extends UpdateType, X> = X extends { message?: infer M }
  ? { [K in T]: NonNullable<M> & NonNullable<Update[K]> }
  : { [K in T]: NonNullable<Update[K]> }

/**
 * A function that turns a filter of new messages into the same filter of updates of type `T`. With `regex`,
 * the handlers have `ctx.match`.
 */
export type Lift<T extends UpdateType> = <F extends Filter>(
  filter: F,
) => ((update: Update) => update is Update & Lifted<T, ProofOf<F>>) & PatternOf<F>

/** The members that a filter adds to the type of an update. */
type ProofOf<F> = F extends ((update: Update) => update is Update & (infer X)) ? X : unknown

type PatternOf<F> = F extends Patterned ? Patterned : unknown

/** Applies a filter of new messages to edited messages: `edited(text)`. */
export const edited: Lift<"edited_message"> = lift("edited_message")

/** Applies a filter of new messages to new channel posts. */
export const channelPost: Lift<"channel_post"> = lift("channel_post")

/** Applies a filter of new messages to edited channel posts. */
export const editedChannelPost: Lift<"edited_channel_post"> = lift("edited_channel_post")

/** Applies a filter of new messages to new messages of connected business accounts. */
export const businessMessage: Lift<"business_message"> = lift("business_message")

/** Applies a filter of new messages to edited messages of connected business accounts. */
export const editedBusinessMessage: Lift<"edited_business_message"> =
  lift("edited_business_message")

/** Applies a filter of new messages to messages that summon the bot as a guest. */
export const guestMessage: Lift<"guest_message"> = lift("guest_message")

function lift<T extends Exclude<UpdateType, "message">>(type: T): Lift<T> {
  const liftFilter = (filter: Filter) => {
    const lifted = (update: Update): boolean => {
      // `lift` is called only with types whose payload is a message.
      const message = update[type] as Message | undefined
      if (message === undefined) return false
      return filter({ update_id: update.update_id, message } as Update)
    }
    // A filter that cannot match `message`, such as `edited(text)`, matches nothing when it is lifted again.
    const matchesNothing = typesOf(filter)?.includes("message") === false
    const pattern = patternOf(filter)
    if (pattern) withPattern(pattern, lifted)
    return withTypes(matchesNothing ? [] : [type], lifted)
  }
  // The filter has accepted a message with these fields, and the pattern was set above.
  return liftFilter as Lift<T>
}
