import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { Fleet } from "../../src/fleet/index.js"
import {
  type Browser,
  close,
  launch,
  type Viewing,
  violations,
  visit,
} from "../../simulator/test/page/browser.js"
import { findProgram, onlyWith } from "../support/real-servers.js"
import { fakeBots, hostileName } from "./fake-bots.js"
import { password, startAdmin, startFleet } from "./stage.js"

const httpCredentials = { username: "admin", password }

describe("the admin page in Chromium", { ...onlyWith("chromium"), timeout: 120_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch(findProgram("chromium") ?? "")
  }, 120_000)
  afterAll(() => close(browser))

  async function open(fleet: Fleet, viewing: Viewing = {}) {
    const { url } = await startAdmin({ fleet })
    const { page, complaints } = await visit(browser, url, { httpCredentials, ...viewing })
    onTestFinished(() => page.close())
    return { page, complaints, url }
  }

  async function manyBots(): Promise<Fleet> {
    const fleet = new Fleet()
    for (const { token, me, kind } of fakeBots(120)) {
      await fleet.add(new Bot(token, { me }), { kind })
    }
    return fleet
  }

  test("a bot is found, parked with a reason and woken, with the keyboard alone", async () => {
    const { fleet, telegram } = await startFleet()
    const account = telegram.bot({ first_name: "Bakery" })
    await fleet.add(account.token)
    await fleet.add(telegram.bot({ first_name: "Other" }).token)
    await fleet.startPolling()
    const { page, complaints } = await open(fleet)
    await page.getByRole("searchbox").fill(String(account.id))
    await page.keyboard.press("Enter")
    await expect.poll(() => page.locator(".chat-row").count()).toBe(1)
    await page.locator(".chat-row").focus()
    await page.keyboard.press("Enter")
    const reason = page.getByRole("textbox", { name: "Reason" })
    await reason.waitFor()
    await reason.fill("not paid")
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Wake" }).waitFor()
    expect(fleet.status().find(({ bot }) => bot.id === account.id)).toMatchObject({
      state: "parked",
      reason: "not paid",
    })
    await page.getByRole("button", { name: "Wake" }).focus()
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Park" }).waitFor()
    await expect
      .poll(() => fleet.status().find(({ bot }) => bot.id === account.id)?.state)
      .toBe("receiving")
    expect(complaints).toEqual([])
  })

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ] as const)("axe finds nothing, in %s, %i pixels wide", async (colorScheme, width) => {
    const fleet = await manyBots()
    await fleet.park(100_000_001, "not paid")
    const { page, url, complaints } = await open(fleet, { colorScheme, width })
    for (const path of ["", "?q=nobody", "bots/100000001", "bots/100000002?page=2", "bots/5"]) {
      await page.goto(`${url}${path}`)
      expect(await violations(page)).toEqual([])
      const width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
      expect(width).toBeLessThanOrEqual(0)
    }
    // The bot with the id 5 is missing, which is an answer with 404.
    expect(complaints.filter((line) => !line.includes("404"))).toEqual([])
  })

  test("a hostile name runs nothing and stays in its place", async () => {
    const fleet = new Fleet()
    const [bot] = fakeBots(1)
    if (!bot) throw new Error("There is a bot")
    await fleet.add(new Bot(bot.token, { me: { ...bot.me, first_name: hostileName } }))
    await fleet.park(bot.me.id, hostileName)
    const { page, url, complaints } = await open(fleet, { width: 360 })
    for (const path of ["", `bots/${bot.me.id}`]) {
      await page.goto(`${url}${path}`)
      expect(await page.locator("img, script").count()).toBe(0)
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0)
    }
    expect(complaints).toEqual([])
  })

  test("without the password the browser shows nothing", async () => {
    const { url } = await startAdmin({ fleet: await manyBots() })
    const wrong = { username: "admin", password: "a wrong password" }
    const { page } = await visit(browser, url, { httpCredentials: wrong })
    onTestFinished(() => page.close())
    expect(await page.evaluate("document.body.innerText")).toBe("Password required\n")
  })
})
