import { ApiError } from "../telegram/errors.js"
import type { Message } from "../telegram/types.js"
import { type MenuContent, shows } from "./menu-content.js"
import type { MenuContext } from "./menu-drawing.js"

/**
 * Shows a menu in the message of the pressed button, unless the message shows it already. Resolves with false if the
 * message is gone or can no longer be changed.
 */
export async function showMenu(ctx: MenuContext, content: MenuContent): Promise<boolean> {
  const message = accessible(ctx.callbackQuery.message)
  if (message && shows(message, content)) return true
  try {
    await edit(ctx, message, content)
    return true
  } catch (error) {
    if (isRefusal(error, /message is not modified/i)) return true
    if (isRefusal(error, goneReasons)) return false
    throw error
  }
}

const goneReasons = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i

async function edit(
  ctx: MenuContext,
  message: Message | undefined,
  { text, options, reply_markup }: MenuContent,
): Promise<void> {
  const isText = !message || message.text !== undefined
  if (text === undefined || (!isText && !hasCaption(message))) {
    return void (await ctx.editReplyMarkup(reply_markup))
  }
  const { link_preview_options: _, entities, ...marks } = options
  const asCaption = { ...marks, ...(entities && { caption_entities: entities }), reply_markup }
  if (!isText) return void (await ctx.editCaption(text, asCaption))
  try {
    await ctx.edit(text, { ...options, reply_markup })
  } catch (error) {
    // A message sent in inline mode does not show whether it is media.
    if (message || !isRefusal(error, /no text in the message to edit/i)) throw error
    await ctx.editCaption(text, asCaption)
  }
}

const captioned: readonly (keyof Message)[] = [
  ...(["photo", "video", "animation", "audio", "document", "voice", "paid_media"] as const),
]

function hasCaption(message: Message): boolean {
  return captioned.some((name) => message[name] !== undefined)
}

/** Returns a message; `undefined` for one that Telegram does not show to the bot. */
function accessible(message: { readonly date: number } | undefined): Message | undefined {
  // Telegram marks an inaccessible message by the date 0.
  return message && message.date !== 0 ? (message as Message) : undefined
}

function isRefusal(error: unknown, reason: RegExp): boolean {
  return error instanceof ApiError && error.errorCode === 400 && reason.test(error.description)
}
