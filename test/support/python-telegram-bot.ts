import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, test } from "vitest"
import { requirePythonTelegramBot } from "./require-python.js"

const program = fileURLToPath(new URL("python-telegram-bot.py", import.meta.url))

/** A behaviour that python-telegram-bot documents, under a sentence that is true there. */
export interface Behaviour {
  readonly name: string
  /** Does the same with Sounder. Resolves with the observations. */
  run(): Promise<readonly string[]>
  readonly seen: readonly string[]
  /** The behaviour of python-telegram-bot, and the reason of the difference; absent if both do the same. */
  readonly differs?: { readonly there: readonly string[]; readonly because: string }
}

/**
 * Tests the behaviours here, and compares the table with the installed python-telegram-bot.
 *
 * @param table the name of the table in the program `python-telegram-bot.py`
 */
export function describeBehaviours(table: string, behaviours: readonly Behaviour[]): void {
  describe("a behaviour of python-telegram-bot, or a stated difference", () => {
    test.each(behaviours)("$name", async ({ run, seen, differs }) => {
      expect(await run()).toEqual(seen)
      expect(differs?.there).not.toEqual(seen)
    })
  })

  test("the table is true of python-telegram-bot 13", { timeout: 120_000 }, async (context) => {
    const python = requirePythonTelegramBot(context)
    const { stdout } = await promisify(execFile)(python, [program, table])
    const stated = behaviours.map(({ name, seen, differs }) => [name, differs?.there ?? seen])
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(stated))
  })
}
