import { type Context, type Dispatcher, filters, limit } from "sounder"
import { session } from "sounder/session"

/** The warnings of a member in a group. */
const record = session("record", { initial: () => ({ warnings: 0 }), key: "chat-user" })
const muteMs = 3_600_000
const warningsUntilMute = 3

/** A message with a link, from the text or a caption. */
const hasLink = filters.or(
  filters.entity("url"),
  filters.entity("text_link"),
  filters.captionEntity("url"),
  filters.captionEntity("text_link"),
)

/**
 * @param forbidden the words that a message may not contain
 */
export function register(dispatcher: Dispatcher, forbidden: readonly string[]) {
  const inGroup = dispatcher.derive(record)
  const words = forbidden.map((word) => word.toLowerCase())

  dispatcher.command("start", (ctx) =>
    ctx.reply(
      "Add me to a group, as an administrator who may delete messages and restrict members.",
    ),
  )
  dispatcher.command("rules", (ctx) =>
    ctx.reply("No links, no rude words, at most 5 messages in 10 s."),
  )

  dispatcher.on(filters.joined, (ctx) =>
    ctx.reply(
      `Welcome, ${ctx.chatMember.new_chat_member.user.first_name}! Please read the /rules.`,
    ),
  )

  // An administrator answers a message with /ban, /mute or /forgive.
  for (const name of ["ban", "mute", "forgive"] as const) {
    inGroup.command(name, async (ctx) => {
      const offender = ctx.message.reply_to_message?.from
      if (!offender) return ctx.replyEphemeral(`Answer a message with /${name}.`)
      if (!(await isAdministrator(ctx)))
        return ctx.replyEphemeral("Only administrators may do that.")
      const member = { chat_id: ctx.chat.id, user_id: offender.id }
      if (name === "ban") await ctx.bot.banChatMember(member)
      else await (name === "mute" ? mute(ctx, offender.id) : unmute(ctx, offender.id))
      await ctx.reply(`${offender.first_name}: ${name}.`)
    })
  }

  // A user who floods the group reaches no handler after this one.
  dispatcher.use(
    limit({
      max: 5,
      perMs: 10_000,
      exceeded: async (ctx) => {
        if (!ctx.from || !ctx.chat) return
        await mute(ctx, ctx.from.id)
        await ctx.reply(`${ctx.from.first_name} writes too fast, and is silent for an hour.`)
      },
    }),
  )

  inGroup.on(filters.and(filters.groups, hasLink), (ctx) => warn(ctx, "Links are not allowed."))
  inGroup.on(filters.and(filters.groups, filters.text), async (ctx, next) => {
    const text = ctx.message.text.toLowerCase()
    if (!words.some((word) => text.includes(word))) return next()
    await warn(ctx, "Please be polite.")
  })
}

type Warned = Context & { record: { warnings: number } }

/** Deletes the message of the update, and mutes its author after too many warnings. */
async function warn(ctx: Warned, reason: string): Promise<void> {
  if (!ctx.from || (await isAdministrator(ctx))) return
  ctx.record.warnings += 1
  await ctx.delete()
  if (ctx.record.warnings < warningsUntilMute) {
    await ctx.reply(`${ctx.from.first_name}: ${reason} Warning ${ctx.record.warnings}.`)
    return
  }
  ctx.record = { warnings: 0 }
  await mute(ctx, ctx.from.id)
  await ctx.reply(`${ctx.from.first_name}: ${reason} Silence for an hour.`)
}

async function isAdministrator(ctx: Context): Promise<boolean> {
  if (!ctx.chat || !ctx.from) return false
  const { status } = await ctx.bot.getChatMember({ chat_id: ctx.chat.id, user_id: ctx.from.id })
  return status === "creator" || status === "administrator"
}

function mute(ctx: Context, user_id: number, chat_id = ctx.chat?.id ?? 0) {
  const until_date = Math.floor((Date.now() + muteMs) / 1000)
  const permissions = { can_send_messages: false }
  return ctx.bot.restrictChatMember({ chat_id, user_id, permissions, until_date })
}

async function unmute(ctx: Context, user_id: number, chat_id = ctx.chat?.id ?? 0) {
  const { permissions = {} } = await ctx.bot.getChat({ chat_id })
  return ctx.bot.restrictChatMember({ chat_id, user_id, permissions })
}
