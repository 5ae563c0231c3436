import fc from "fast-check"
import { expect, test } from "vitest"
import { Dispatcher } from "../../../src/dispatch/index.js"
import { messageUpdate, namedBot } from "../../support/updates.js"

const name = fc.stringMatching(/^[A-Za-z0-9_]{1,32}$/)
const addressee = fc.option(fc.oneof(fc.constantFrom("Suite_Bot", "SUITE_BOT"), name), {
  nil: undefined,
})
const blank = fc.stringMatching(/^[ \n\t\u00a0]{1,3}$/)
const word = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/\s/.test(text))
const words = fc.array(word, { maxLength: 4 })

/**
 * Returns a message as marked by Telegram: the entity covers the slash, the name and the addressee.
 */
function commandUpdate(command: string, bot: string | undefined, rest: string) {
  const marked = `/${command}${bot === undefined ? "" : `@${bot}`}`
  const entities = [{ type: "bot_command", offset: 0, length: marked.length }]
  return messageUpdate({ text: marked + rest, entities })
}

test("a command is handled if its name is the handler's and it is for this bot or for none", async () => {
  await fc.assert(
    fc.asyncProperty(name, name, fc.boolean(), addressee, async (one, other, isSame, bot) => {
      const written = isSame ? one.toUpperCase() : other
      const dispatcher = new Dispatcher({ bot: namedBot() })
      let times = 0
      dispatcher.command(one, () => void (times += 1))
      await dispatcher.process(commandUpdate(written, bot, ""))
      const isNamed = written.toLowerCase() === one.toLowerCase()
      const isMine = bot === undefined || bot.toLowerCase() === "suite_bot"
      expect(times).toBe(isNamed && isMine ? 1 : 0)
    }),
  )
})

test("its arguments are the words behind it, whatever white space separates them", async () => {
  await fc.assert(
    fc.asyncProperty(name, words, blank, async (command, given, between) => {
      const dispatcher = new Dispatcher({ bot: namedBot() })
      let heard: unknown
      dispatcher.command(command, (ctx) => void (heard = [ctx.args, ctx.argument]))
      const rest = given.map((each) => between + each).join("")
      await dispatcher.process(commandUpdate(command, "suite_bot", rest + between))
      expect(heard).toEqual([given, given.join(between)])
    }),
  )
})

test("of several handlers of a command, the first one registered gets it", async () => {
  const lists = fc.array(fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 8,
  })
  await fc.assert(
    fc.asyncProperty(lists, fc.nat(), async (registered, at) => {
      const all = registered.flat()
      const written = all[at % all.length] ?? ""
      const dispatcher = new Dispatcher({ bot: namedBot() })
      const seen: number[] = []
      for (const [index, names] of registered.entries()) {
        dispatcher.command(names, () => void seen.push(index))
      }
      await dispatcher.process(commandUpdate(written, undefined, ""))
      const isMeant = (names: readonly string[]) =>
        names.some((one) => one.toLowerCase() === written.toLowerCase())
      expect(seen).toEqual([registered.findIndex(isMeant)])
    }),
  )
})
