import type { BotProfile, Command } from "./bot-profile.js"

/**
 * Returns the menu of commands that a person sees in a chat: the menu of the narrowest scope with
 * commands.
 *
 * @param scope the scope for the kind of chat, as in `all_private_chats`
 */
export function commandsShown(
  { commands: menus }: BotProfile,
  scope: string,
  language: string,
): readonly Command[] {
  for (const type of [scope, "default"]) {
    for (const code of [language, ""]) {
      const commands = menus.get(`${code} ${JSON.stringify({ type })}`)
      if (commands !== undefined && commands.length > 0) return commands
    }
  }
  return []
}
