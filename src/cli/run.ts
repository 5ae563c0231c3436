import { errorText } from "../ground/error-text.js"
import { Command, CommanderError } from "commander"
import { callCommand } from "./call-command.js"
import { certificateCommand } from "./certificate-command.js"
import { completionCommand } from "./completion-command.js"
import { doctorCommand } from "./doctor-command.js"
import { ExitError } from "./exit-error.js"
import { withFlagNames } from "./flag-names.js"
import { fleetCommand } from "./fleet/fleet-command.js"
import { helpArguments } from "./help-arguments.js"
import { helpNotes } from "./help-notes.js"
import { misplacedOption } from "./misplaced-option.js"
import type { Output } from "./output.js"
import { ownVersion } from "./own-version.js"
import { devCommand } from "./project/dev-command.js"
import { initCommand } from "./project/init/init-command.js"
import { runCommand } from "./project/run-command.js"
import { testCommand } from "./project/test-command.js"
import { proxyCommand } from "./proxy-command.js"
import { queueCommand } from "./queue-command.js"
import { redactComplaint } from "./redact-complaint.js"
import { simulate, simulateCommand } from "./simulate-command.js"
import { updatesCommand } from "./updates-command.js"
import { visibleText } from "./visible-text.js"
import { webhookCommand } from "./webhook-command.js"

/** The last lines of the help, each of at most 80 characters. */
const exitCodes =
  "Ends with 0 if all is well, with 1 if something failed or a fault was found,\n" +
  "with 2 if the command line is invalid or there is nothing to examine."

const terminal: Output = {
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
}

/**
 * Runs the command `sounder` with these arguments. An error is printed as one line.
 *
 * @returns the exit code: 0, 1 after a failure, 2 for invalid arguments
 */
export async function run(args: readonly string[], to: Output = terminal): Promise<number> {
  const output = safeOutput(to)
  const root = program(output)
  try {
    const misplaced = misplacedOption(root, args)
    if (misplaced !== undefined) throw new ExitError(2, misplaced)
    const [name, ...more] = helpArguments(root, args)
    if (name === "simulate") return await simulate(more, output)
    if (name === undefined) await root.parseAsync([], { from: "user" })
    else await root.parseAsync([name === "version" ? "--version" : name, ...more], { from: "user" })
    return 0
  } catch (error) {
    // Commander has already printed the error; it also throws after printing help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const text = error instanceof ExitError ? error.message : errorText(error)
    const message = withFlagNames(text, flagsOf(root))
    if (message !== "") output.complain(`sounder: ${message}\n`)
    return exitCodeOf(error)
  }
}

/**
 * Returns an output that is safe for a terminal, because any text may contain foreign data. Errors contain no
 * secrets. Results may contain secrets: `simulate` prints the token of its bot, and `call` prints the answer of Telegram.
 */
function safeOutput(to: Output): Output {
  return {
    print: (text) => to.print(visibleText(text)),
    complain: (text) => to.complain(visibleText(redactComplaint(text))),
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ExitError) return error.exitCode
  // A `TypeError` is the error of an invalid option.
  return error instanceof TypeError ? 2 : 1
}

function program(output: Output): Command {
  const root = new Command("sounder")
    .description(
      "Your Telegram bot stops losing updates. Sounder works under grammY and Telegraf, or alone.",
    )
    .version(ownVersion(), "-v, --version")
    .configureOutput({
      writeOut: (text) => output.print(text),
      writeErr: (text) => output.complain(text),
      outputError: (text, write) => write(text.replace(/^error: /, "sounder: ")),
    })
    // The help of a command lists its arguments.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showSuggestionAfterError()
    .exitOverride()
  const print = (text: string) => output.print(text)
  const commands = [
    initCommand(print),
    devCommand(print),
    runCommand(),
    testCommand(),
    callCommand(print),
    certificateCommand(print),
    completionCommand(print),
    doctorCommand(print),
    fleetCommand(print),
    proxyCommand(print),
    queueCommand(print),
    simulateCommand(),
    updatesCommand(print),
    webhookCommand(print),
  ]
  for (const command of commands) root.addCommand(inheritSettings(command, root))
  withHelp(root).addHelpText("after", `\n${exitCodes}`)
  return root
}

/**
 * Adds examples to the help of a command and of those below it, and a hint to errors about arguments: the
 * command whose help lists the right ones.
 */
function withHelp(command: Command, path = ""): Command {
  command.showHelpAfterError(`See \`${["sounder", path].filter(Boolean).join(" ")} --help\`.`)
  command.addHelpText("after", helpNotes(command, path))
  for (const below of command.commands) withHelp(below, `${path} ${below.name()}`.trim())
  return command
}

/** Returns the flags of a command and of those below it. */
function flagsOf(command: Command): ReadonlySet<string> {
  const own = command.options.flatMap(({ long }) => long ?? [])
  return new Set([...own, ...command.commands.flatMap((below) => [...flagsOf(below)])])
}

/** Copies the settings of a command to a subcommand, and to the subcommands below it. */
function inheritSettings(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent)
  for (const below of command.commands) inheritSettings(below, command)
  return command
}
