import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import {
  type SimulatedBot,
  type SimulatedUser,
  Simulator,
  type SimulatorOptions,
} from "@sounder/simulator"
import { expect } from "vitest"
import { built, compiled, packageFolder } from "./built.js"

/** A program of a guide that runs as a bot of a simulated Telegram. */
export interface GuideProgram extends AsyncDisposable {
  readonly telegram: Simulator
  readonly account: SimulatedBot
  readonly ada: SimulatedUser
  /** The folder in which the program runs. */
  readonly folder: string
  /** Stops the program, and starts it again. */
  restart(): Promise<void>
}

/** The surroundings of a program. */
interface Place {
  /** Default: Node. */
  readonly interpreter?: string
  /**
   * The folder whose packages the program imports. Default: this package, so that `import "sounder"` resolves to the
   * package itself.
   */
  readonly packages?: string
  readonly simulator?: SimulatorOptions
}

/**
 * Compiles a program of a guide as it is shown, and starts it.
 *
 * @param environment variables in addition to those of the bot
 * @param file the name of the program's file. Only a program in TypeScript is compiled.
 */
export async function runGuideProgram(
  code: string,
  environment: Readonly<Record<string, string>> = {},
  file: "bot.ts" | "bot.cjs" | "bot.mjs" | "bot.py" = "bot.ts",
  { interpreter = process.execPath, packages = packageFolder, simulator = {} }: Place = {},
): Promise<GuideProgram> {
  await built()
  const folder = mkdtempSync(join(packages, ".guide-program-"))
  writeFileSync(join(folder, file), code)
  if (file === "bot.ts") await compile(folder)
  const telegram = await Simulator.start(simulator)
  const account = telegram.bot()
  const own = { TELEGRAM_API_ROOT: telegram.apiRoot, BOT_TOKEN: account.token }
  const env = { ...process.env, ...own, ...environment }
  const program = file === "bot.ts" ? "out/bot.js" : file
  const start = () => {
    const bot = spawn(interpreter, [program], { cwd: folder, env, stdio: "inherit" })
    const closed = once(bot, "close")
    return async () => {
      bot.kill("SIGTERM")
      await closed
    }
  }
  let stop = start()
  return {
    telegram,
    account,
    ada: telegram.user({ first_name: "Ada" }),
    folder,
    async restart() {
      await stop()
      stop = start()
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await telegram[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function compile(folder: string): Promise<void> {
  const compilerOptions = {
    ...{ target: "es2022", module: "nodenext", strict: true, types: ["node"] },
    ...{ skipLibCheck: true, outDir: "out" },
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }))
  expect(await compiled(folder)).toEqual({ status: 0, output: "" })
}
