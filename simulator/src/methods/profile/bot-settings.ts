import { CallError } from "../../ground/call-error.js"
import type { Call, MethodTable } from "../method.js"

/** The method for the settings that people make with @BotFather. */
export const botSettingMethods: MethodTable = { setMySettings }

/** The settings that `getMe` returns. */
const flags = [
  "supports_inline_queries",
  "needs_inline_query_location",
  "can_join_groups",
  "can_read_all_group_messages",
  "can_connect_to_business",
  "can_manage_bots",
  "supports_guest_queries",
  "supports_join_request_queries",
  "has_topics_enabled",
  "allows_users_to_create_topics",
  "has_topic_sidebar",
  "can_communicate_with_bots",
] as const

const maxPlaceholder = 64

function setMySettings(call: Call): true {
  const { args, bot, world } = call
  const placeholder = args.text("inline_query_placeholder")
  if ([...placeholder].length > maxPlaceholder) {
    throw CallError.badRequest("INLINE_PLACEHOLDER_TOO_LONG")
  }
  setPresses(call)
  setFeedback(call)
  const given = flags.filter((name) => args.has(name)).map((name) => [name, args.flag(name)])
  bot.me = {
    ...bot.me,
    ...Object.fromEntries(given),
    ...(args.has("inline_query_placeholder") && { inline_query_placeholder: placeholder }),
  }
  world.changes.announce({ kind: "bot", bot })
  return true
}

function setPresses({ args, bot, world }: Call): void {
  const mode = args.text("callback_query_mode")
  if (mode === "") return
  if (mode === "auto") {
    // Telegram does not state its choice for a chat.
    const refusal = "the simulator does not support the value auto of callback_query_mode"
    throw CallError.badRequest(refusal)
  }
  if (mode !== "default" && mode !== "inline") {
    throw CallError.badRequest("invalid callback query mode specified")
  }
  world.profiles.of(bot.me.id).hasInlinePresses = mode === "inline"
}

// Telegram reports one of so many chosen results.
function setFeedback({ args, bot, world }: Call): void {
  const name = "inline_feedback_share_denominator"
  if (!args.has(name)) return
  const denominator = args.integer(name, 0, 0, 2 ** 31 - 1)
  const profile = world.profiles.of(bot.me.id)
  profile.inlineFeedback = denominator > 0
  profile.feedbackDenominator = Math.max(denominator, 1)
}
