import { pathToFileURL } from "node:url"
import { Command } from "commander"
import { errorStack } from "../../ground/error-text.js"
import { environmentOption } from "../environment.js"
import { missingTokenAdvice } from "./missing-token-advice.js"
import { programAdvice } from "./program-advice.js"
import { environmentFile, programFile } from "./program-file.js"
import { typeScriptModule } from "./type-script.js"
import { endWith, fatalErrorText, printUncaughtErrors } from "./uncaught-errors.js"

/** `sounder run FILE`: runs a bot in this process, with its `.env`, TypeScript included. */
export function runCommand(): Command {
  return new Command("run")
    .summary("run a bot, TypeScript included")
    .description("Runs a bot with the variables of .env, TypeScript included.")
    .argument("<file>", "the bot's program")
    .argument("[arguments...]", "arguments of the program")
    .addOption(environmentOption())
    .action(async (file: string, args: string[], flags: { readonly envFile?: string }) => {
      const path = programFile(file)
      const environment = environmentFile(flags.envFile)
      if (environment !== undefined) process.loadEnvFile(environment)
      await registerTypeScript(path)
      process.argv = [process.execPath, path, ...args]
      const adviceOn = (error: unknown) =>
        programAdvice(error, path) ?? missingTokenAdvice(error, path, environment)
      printUncaughtErrors(adviceOn)
      try {
        await import(pathToFileURL(path).href)
      } catch (error) {
        // As with `node FILE`, the error ends the process, whatever the program has opened.
        endWith(fatalErrorText(error, adviceOn(error)) ?? errorStack(error))
      }
    })
}

async function registerTypeScript(path: string): Promise<void> {
  const module = typeScriptModule(path)
  if (module !== undefined) await import(module)
}
