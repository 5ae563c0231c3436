import { Simulator } from "@sounder/simulator"
import { expect, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { silentLogger } from "../../../src/ground/logger.js"
import { Updater } from "../../../src/updater.js"

test("a secret command is answered, edited and deleted without any other member of the group", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "secret_bot" })
  const [ada, bob] = [telegram.user({ first_name: "Ada" }), telegram.user({ first_name: "Bob" })]
  const group = telegram.supergroup({ title: "Club" }, ada, bob, account)
  const bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  const updater = new Updater({ bot, logger: silentLogger })
  const { dispatcher } = updater
  const inline_keyboard = [[{ text: "More", callback_data: "more" }]]
  const refused: string[] = []
  dispatcher.command("secret", async (ctx) => {
    await ctx.reply("Only you see this", { reply_markup: { inline_keyboard } })
    await ctx.pin().catch((error: unknown) => refused.push(String(error)))
  })
  dispatcher.callbackQuery("more", async (ctx) => {
    await ctx.edit("More of it")
    await ctx.reply("And this")
    await ctx.delete()
  })
  dispatcher.command("aloud", (ctx) => ctx.replyEphemeral("A secret answer"))
  const commands = [{ command: "secret", description: "Asks in secret", is_ephemeral: true }]
  await bot.setMyCommands({ commands, scope: { type: "all_group_chats" } })
  await updater.startPolling()

  await ada.send(group, "/secret@secret_bot")
  const answer = await ada.hears()
  expect(answer).toMatchObject({ message_id: 0, text: "Only you see this" })
  expect(answer.reply_to_message).toMatchObject({ text: "/secret@secret_bot" })
  await ada.press(answer, "More")
  expect(await ada.seesEdit()).toMatchObject({ text: "More of it", message_id: 0 })
  expect(await ada.hears()).toMatchObject({ text: "And this", message_id: 0 })
  await ada.promote(group, account)
  await bob.send(group, "/aloud@secret_bot")
  expect(await bob.hears()).toMatchObject({ text: "A secret answer", message_id: 0 })
  await expect(ada.hears({ timeoutMs: 50 })).rejects.toThrow("none came")
  expect(refused).toEqual([expect.stringContaining("cannot be used on an ephemeral message")])
  await updater.stop({ deadlineMs: 1_000 })
})
