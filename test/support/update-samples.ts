import type { Chat, Update, User } from "@grammyjs/types"
import type { UpdateType } from "../../src/telegram/api.js"

/** The expected facts of an update of one type. */
export interface Sample {
  readonly update: Update
  /** The id of its chat, if it has one. */
  readonly chat?: number
  /** The id of its user, if it names one. */
  readonly user?: number
  /** Its lane, if lanes are chats. */
  readonly lane: string
}

export const ada: User = { id: 11, is_bot: false, first_name: "Ada" }
export const grace: User = { id: 12, is_bot: false, first_name: "Grace" }
export const privateChat = { id: 11, type: "private", first_name: "Ada" } satisfies Chat
export const group = { id: -1001, type: "supergroup", title: "Bridge" } satisfies Chat
export const channel = { id: -1002, type: "channel", title: "News" } satisfies Chat

const message = { message_id: 1, date: 1, from: ada, chat: group, text: "hi" } as const
const post = { message_id: 1, date: 1, chat: channel, sender_chat: channel, text: "news" } as const
const personal = { ...message, chat: privateChat } as const
const boost = {
  boost_id: "b",
  add_date: 1,
  expiration_date: 2,
  source: { source: "premium", user: ada },
} as const
const member = {
  chat: group,
  from: ada,
  date: 1,
  old_chat_member: { status: "left", user: grace },
  new_chat_member: { status: "member", user: grace },
} as const
const poll = {
  id: "p1",
  question: "?",
  options: [],
  total_voter_count: 0,
  is_closed: true,
  is_anonymous: true,
  type: "regular",
  allows_multiple_answers: false,
} as const

const inGroup = { chat: group.id, user: ada.id, lane: "-1001" }
const alone = { user: ada.id, lane: "11" }
const asking = { user: ada.id, lane: "inline:11" }
const paying = { user: ada.id, lane: "checkout:11" }
const inPrivate = { chat: privateChat.id, ...alone }
const inChannel = { chat: channel.id, lane: "-1002" }

/** Returns an update with the given fields only. */
function of(update: object): Update {
  return { update_id: 1, ...update }
}

/** One update of every type; the compiler refuses a type without one. */
export const samples = {
  message: { update: of({ message }), ...inGroup },
  edited_message: { update: of({ edited_message: { ...message, edit_date: 2 } }), ...inGroup },
  channel_post: { update: of({ channel_post: post }), ...inChannel },
  edited_channel_post: {
    update: of({ edited_channel_post: { ...post, edit_date: 2 } }),
    ...inChannel,
  },
  business_connection: {
    update: of({
      business_connection: { id: "c", user: ada, user_chat_id: 11, date: 1, is_enabled: true },
    }),
    ...alone,
  },
  business_message: {
    update: of({ business_message: { ...personal, business_connection_id: "c" } }),
    ...inPrivate,
  },
  edited_business_message: {
    update: of({ edited_business_message: { ...personal, edit_date: 2 } }),
    ...inPrivate,
  },
  deleted_business_messages: {
    update: of({
      deleted_business_messages: {
        business_connection_id: "c",
        chat: privateChat,
        message_ids: [1, 2],
      },
    }),
    chat: privateChat.id,
    lane: "11",
  },
  guest_message: {
    update: of({ guest_message: { ...message, guest_query_id: "g" } }),
    ...inGroup,
    lane: "guest:g",
  },
  stopped_message_generation: {
    update: of({ stopped_message_generation: { chat: privateChat, user: ada, draft_id: 1 } }),
    ...inPrivate,
  },
  message_reaction: {
    update: of({
      message_reaction: {
        chat: group,
        message_id: 1,
        user: ada,
        date: 1,
        old_reaction: [],
        new_reaction: [{ type: "emoji", emoji: "👍" }],
      },
    }),
    ...inGroup,
  },
  message_reaction_count: {
    update: of({
      message_reaction_count: { chat: channel, message_id: 1, date: 1, reactions: [] },
    }),
    ...inChannel,
  },
  inline_query: {
    update: of({ inline_query: { id: "q", from: ada, query: "cat", offset: "" } }),
    ...asking,
  },
  chosen_inline_result: {
    update: of({ chosen_inline_result: { result_id: "r", from: ada, query: "cat" } }),
    ...asking,
  },
  callback_query: {
    update: of({ callback_query: { id: "q", from: ada, message, chat_instance: "i", data: "x" } }),
    ...inGroup,
  },
  shipping_query: {
    update: of({ shipping_query: { id: "q", from: ada, invoice_payload: "x" } }),
    ...paying,
  },
  pre_checkout_query: {
    update: of({ pre_checkout_query: { id: "q", from: ada, currency: "XTR", total_amount: 1 } }),
    ...paying,
  },
  purchased_paid_media: {
    update: of({ purchased_paid_media: { from: ada, paid_media_payload: "x" } }),
    ...alone,
  },
  poll: { update: of({ poll }), lane: "poll:p1" },
  poll_answer: {
    update: of({ poll_answer: { poll_id: "p1", user: ada, option_ids: [0] } }),
    user: ada.id,
    lane: "poll:p1",
  },
  my_chat_member: { update: of({ my_chat_member: member }), ...inGroup },
  chat_member: { update: of({ chat_member: member }), ...inGroup },
  chat_join_request: {
    update: of({ chat_join_request: { chat: group, from: ada, user_chat_id: 11, date: 1 } }),
    ...inGroup,
  },
  chat_boost: { update: of({ chat_boost: { chat: group, boost } }), ...inGroup },
  removed_chat_boost: {
    update: of({
      removed_chat_boost: { chat: group, boost_id: "b", remove_date: 2, source: boost.source },
    }),
    ...inGroup,
  },
  managed_bot: {
    update: of({ managed_bot: { user: ada, bot: { id: 99, is_bot: true, first_name: "B" } } }),
    ...alone,
  },
  subscription: {
    update: of({ subscription: { user: ada, invoice_payload: "x", state: "active" } }),
    ...alone,
  },
  widget_query: {
    update: of({
      widget_query: {
        ...{ id: "w", from: ada, chat_instance: "1", type: { type: "data" }, data: "tap" },
        ...{ chat: group, message_id: 5 },
      },
    }),
    ...inGroup,
    lane: "widget:11",
  },
  shared_widget_query: {
    update: of({
      shared_widget_query: {
        ...{ id: "w", from: ada, type: { type: "data" }, data: "tap", widget_id: "5" },
      },
    }),
    ...alone,
    lane: "widget:11",
  },
} satisfies Record<UpdateType, Sample>
