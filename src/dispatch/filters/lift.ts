import type { UpdateType } from "../../telegram/api.js"
import type { Message, Update } from "../../telegram/types.js"
import { type Filter, matching, typesOf } from "./filter.js"

/** The narrowed update of type `T`, where a filter narrows an update with the same new message to `X`. */
type Lifted<T extends UpdateType, X> = X extends { message?: infer M }
  ? { [K in T]: NonNullable<M> & NonNullable<Update[K]> }
  : { [K in T]: NonNullable<Update[K]> }

/** Applies a message filter to messages of another kind. */
export type Lift<T extends UpdateType> = <X = unknown>(
  filter: ((update: Update) => update is Update & X) | Filter,
) => (update: Update) => update is Update & Lifted<T, X>

/** Applies a message filter to edited messages: `edited(text)`. */
export const edited: Lift<"edited_message"> = lift("edited_message")

/** Applies a message filter to new posts of channels. */
export const channelPost: Lift<"channel_post"> = lift("channel_post")

/** Applies a message filter to edited posts of channels. */
export const editedChannelPost: Lift<"edited_channel_post"> = lift("edited_channel_post")

/** Applies a message filter to new messages of connected business accounts. */
export const businessMessage: Lift<"business_message"> = lift("business_message")

/** Applies a message filter to edited messages of connected business accounts. */
export const editedBusinessMessage: Lift<"edited_business_message"> =
  lift("edited_business_message")

/** Applies a message filter to messages that summon the bot as a guest. */
export const guestMessage: Lift<"guest_message"> = lift("guest_message")

function lift<T extends Exclude<UpdateType, "message">>(type: T): Lift<T> {
  return <X>(filter: Filter) => {
    const lifted = (update: Update): update is Update & Lifted<T, X> => {
      // The types that hold messages are the ones this is called with.
      const message = update[type] as Message | undefined
      if (message === undefined) return false
      return filter({ update_id: update.update_id, message } as Update)
    }
    const none = typesOf(filter)?.includes("message") === false
    return matching(none ? [] : [type], lifted)
  }
}
