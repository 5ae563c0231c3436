import { expect, test } from "vitest"
import { expectText, openerInChromium } from "../../simulator/test/page/browser-stage.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"
import { FakeModel, ModelBot } from "./model-stage.js"

const open = openerInChromium()
const newPath = pathsIn(temporaryFolder())
const patience = { timeout: 60_000 }

test("on the chat page an answer grows, survives a kill of its bot, comes once, and is stopped", async () => {
  await using stage = await open({ answers: false })
  await using model = await FakeModel.start()
  const { page, telegram, bot, ada } = stage
  const settings = {
    ...{ store: newPath(), token: bot.token, apiRoot: telegram.apiRoot },
    model: model.url,
  }
  const sent = () =>
    telegram.calls.filter(({ method }) => method === "sendMessage").map(({ params }) => params.text)
  const drafts = page.locator(".draft-row")
  const first = await ModelBot.start(settings)
  await ada.send(bot, "Tell me a story")
  await page.getByRole("button", { name: /Demo/ }).first().click()
  await expectText(page, "Tell me a story")

  // The bot dies while its answer grows.
  const lost = await model.question()
  lost.write("Once upon a ti")
  await expectText(page, "Once upon a ti", ".draft-row")
  await first.kill()
  await lost.cut
  await using second = await ModelBot.start(settings)
  const again = await model.question()
  again.write("Long ago")
  await expectText(page, "Long ago", ".draft-row")
  again.end(" there was a bot.")
  await expectText(page, "Long ago there was a bot.")
  await expect.poll(() => drafts.count(), patience).toBe(0)
  expect(sent()).toEqual(["Long ago there was a bot."])

  // The second answer is stopped.
  const field = page.getByRole("textbox", { name: "Message" })
  await field.fill("And then?")
  await page.keyboard.press("Enter")
  const next = await model.question()
  expect(next.turns.map(({ text }) => text)).toEqual([
    "Tell me a story",
    "Long ago there was a bot.",
    "And then?",
  ])
  next.write("It wrote")
  await expectText(page, "It wrote", ".draft-row")
  await page.getByRole("button", { name: "Stop" }).click()
  await next.cut
  await expect.poll(() => drafts.count(), patience).toBe(0)
  await expectText(page, "It wrote")
  await expect.poll(sent, patience).toEqual(["Long ago there was a bot.", "It wrote"])
  expect([model.asked, stage.complaints]).toEqual([3, []])
  await second.kill()
}, 300_000)
