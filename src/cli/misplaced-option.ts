import type { Command } from "commander"

/**
 * Returns an error message if the first argument is an option of the command that follows, as in `sounder
 * --token 42:x webhook info`; `undefined` for other arguments.
 */
export function misplacedOption(root: Command, args: readonly string[]): string | undefined {
  const [option = ""] = args[0]?.split("=") ?? []
  if (!option.startsWith("--") || hasOption(root, option)) return undefined
  const path: string[] = []
  let command = root
  for (const word of args.slice(1)) {
    const below = command.commands.find((candidate) => candidate.name() === word)
    if (!below) continue
    command = below
    path.push(word)
  }
  if (!hasOption(command, option)) return undefined
  const name = ["sounder", ...path].join(" ")
  return `unknown option '${option}' here: write it after the command, as in \`${name} ${option} …\`\nSee \`${name} --help\`.`
}

function hasOption(command: Command, option: string): boolean {
  return command.options.some(({ long }) => long === option)
}
