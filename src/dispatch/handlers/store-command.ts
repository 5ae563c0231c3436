import type { CommandText } from "../context/command-text.js"
import type { Handling } from "../context/handling.js"

/** Stores the command of a message in its handling, if it is addressed to this bot. */
export function storeCommand(handling: Handling, command: CommandText): void {
  const { addressee } = command
  // Without an addressee both are `undefined`: the command is for every bot of the chat.
  const username = addressee && handling.bot.me?.username.toLowerCase()
  if (username === addressee) handling.command = command
}
