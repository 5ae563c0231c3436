import type { Command } from "commander"

/**
 * Returns the arguments that Commander is to read: `help webhook set` and `webhook help set` become
 * `webhook set --help`. Arguments after an unknown subcommand are dropped, so that the error of Commander
 * names the subcommand and suggests the nearest one.
 */
export function helpArguments(root: Command, args: readonly string[]): readonly string[] {
  const path: string[] = []
  let command = root
  let asksForHelp = false
  for (const word of args) {
    if (word.startsWith("-")) break
    if (word === "help" && !asksForHelp && command.commands.length > 0) {
      asksForHelp = true
      continue
    }
    const subcommand = command.commands.find((candidate) => candidate.name() === word)
    if (!subcommand && isGroup(command)) return [...path, word]
    if (!subcommand) break
    command = subcommand
    path.push(word)
  }
  return asksForHelp ? [...path, "--help"] : args
}

/** Returns whether a command only groups its subcommands: it has no arguments of its own. */
function isGroup(command: Command): boolean {
  return command.commands.length > 0 && command.registeredArguments.length === 0
}
