import { documentedParameters } from "./parameters.generated.js"

const sending =
  "chat_id message_thread_id chat_data caption parse_mode caption_entities show_caption_above_media " +
  "disable_notification protect_content allow_paid_broadcast message_effect_id reply_parameters reply_markup"

/** Methods of Bot API 10.4 and 10.5 that are missing in the types of this package, with their parameters. */
const newerParameters = {
  sendWidget: `html width height public_data allow_queries is_shared ${sending}`,
  sendSharedWidget: `widget_id ${sending}`,
  answerWidgetQuery: "widget_query_id data",
  editMessageWidgetData: "chat_id message_id inline_message_id public_data chat_data",
  editSharedWidgetData: "widget_id public_data cache_time",
  setMySettings:
    "supports_inline_queries inline_query_placeholder needs_inline_query_location " +
    "inline_feedback_share_denominator can_join_groups can_read_all_group_messages " +
    "can_connect_to_business can_manage_bots supports_guest_queries supports_join_request_queries " +
    "has_topics_enabled allows_users_to_create_topics has_topic_sidebar can_communicate_with_bots " +
    "callback_query_mode",
  getChatShareThemeBackdrops: "",
}

/** The methods that the simulator refuses by name, each with the reason. */
export const refusedMethods: Readonly<Record<string, string>> = {
  ...reason("people have no Telegram Passport here", ["setPassportDataErrors"]),
  ...reason("screens for sharing have no theme here", ["getChatShareThemeBackdrops"]),
}

function reason(why: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, why]))
}

/** Former names that Telegram's server still accepts; they are not among the methods of today. */
export const formerNames: readonly string[] = [
  ...["kickChatMember", "getChatMembersCount", "setStickerSetThumb"],
]

/** The parameters of every method of the Bot API, by its name in Telegram's spelling. */
export const parametersByMethod: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({ ...documentedParameters, ...newerParameters }).map(([name, parameters]) => [
    name,
    parameters.split(" ").filter(Boolean),
  ]),
)

/** Every method of the Bot API, by its lower-case name, in Telegram's spelling. */
export const knownMethods: ReadonlyMap<string, string> = new Map(
  [...parametersByMethod.keys(), ...formerNames].map((name) => [name.toLowerCase(), name]),
)
