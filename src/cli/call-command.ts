import { Command, InvalidArgumentError } from "commander"
import { botOf, localOption, tokenOptions, type TokenFlags } from "./options.js"

/** The parameters of a call; a value that begins with `@` names a file. */
type Parameters = Readonly<Record<string, string>>

/** `sounder call METHOD [key=value …]`: calls a Bot API method and prints its result as JSON. */
export function callCommand(print: (text: string) => void): Command {
  const command = new Command("call")
    .summary("call a method of the Bot API")
    .description(
      "Calls a method of the Bot API and prints its result as JSON. Objects are written as JSON, " +
        "as in reply_markup='{\"remove_keyboard\":true}'; photo=@cat.jpg uploads a file.",
    )
    .argument("<method>", "a method of the Bot API, like sendMessage")
    .argument("[key=value...]", "the parameters of the method", addParameter)
  return tokenOptions(command)
    .addOption(localOption())
    .action(async (method: string, given: Parameters | [], flags: TokenFlags) => {
      await using bot = botOf(flags)
      const { InputFile } = await import("../telegram/index.js")
      const params = Object.entries(given).map(([key, value]) => {
        return [key, value.startsWith("@") ? InputFile.path(value.slice(1)) : value]
      })
      const result = await bot.call(method, Object.fromEntries(params) as object)
      print(`${JSON.stringify(result, undefined, 2)}\n`)
    })
}

function addParameter(text: string, before: Parameters = {}): Parameters {
  const [, key, value] = /^([a-z]\w*)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) {
    throw new InvalidArgumentError("Expected a parameter such as chat_id=42.")
  }
  return { ...before, [key]: value }
}
