/**
 * `npm run screenshots`: simulates a conversation and a fleet, and writes the chat page and the admin page in both
 * themes to `docs/images/`. `npm run screenshots -- admin` writes the admin page only. Needs Chromium.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { once } from "node:events"
import { join } from "node:path"
import { chromium } from "playwright-core"
import { prepare, root } from "./prepare.mjs"
import { painting } from "./painting.mjs"

prepare()
const { Simulator } = await import("@sounder/simulator")
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium"
const args = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none"]
const folder = join(root, "docs", "images")
mkdirSync(folder, { recursive: true })

const only = process.argv[2]
let status = 200
const hook = createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(status).end())
})
hook.listen(0, "127.0.0.1")
await once(hook, "listening")

const telegram = await Simulator.start({ local: true, page: true, seed: 4 })
const weather = telegram.bot({ first_name: "Weather", username: "weather_bot" })
const ada = telegram.user({ first_name: "Ada" })
const grace = telegram.user({ first_name: "Grace" })
const browser = await chromium.launch({ executablePath, args })
if (only !== "admin") {
  await populate()
  for (const theme of ["light", "dark"]) await shoot(theme)
}
await shootAdmin()
await browser.close()
await telegram[Symbol.asyncDispose]()
hook.close()
hook.closeAllConnections()

/** @param {"light" | "dark"} colorScheme */
async function shoot(colorScheme) {
  const page = await browser.newPage({
    viewport: { width: 1320, height: 800 },
    colorScheme,
    locale: "en-GB",
  })
  await page.goto(telegram.pageUrl ?? "")
  await page.getByRole("button", { name: /^Weather/ }).click()
  await page.locator(".countdown").waitFor({ timeout: 90_000 })
  await page.locator(".picture").evaluate((image) => image.decode())
  await page.waitForTimeout(300)
  const path = join(folder, `chat-${colorScheme}.webp`)
  writeFileSync(path, await webp(await page.screenshot()))
  await page.close()
  console.log(`Wrote ${path}`)
}

/** Runs a fleet with traffic and trouble, and writes its admin page. */
async function shootAdmin() {
  const { Fleet } = await import("sounder")
  const { FleetAdmin } = await import("sounder/admin")
  const password = "for a screenshot"
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const fleet = new Fleet({ botOptions: { apiRoot: telegram.apiRoot }, logger, concurrency: 2 })
  const names = [
    "Bakery",
    "Corner Shop",
    "Flowers",
    "Garage",
    "Library",
    "Pharmacy",
    "Sailing Club",
    "Theatre",
  ]
  const accounts = names.map((first_name, index) =>
    telegram.bot({
      first_name,
      username: `${first_name.toLowerCase().replace(" ", "_")}_${index}_bot`,
    }),
  )
  fleet.dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
  fleet.dispatcher.command("order", (ctx) =>
    ctx.bot.sendMessage({ chat_id: 1, text: "A new order" }),
  )
  const admin = new FleetAdmin({ fleet, password, port: 0, logger })
  const { url = "" } = await admin.start()
  for (const [index, { token }] of accounts.entries()) {
    const bot = await fleet.add(token, { kind: index % 3 === 2 ? "club" : "shop" })
    await bot.init()
  }
  await fleet.startPolling()
  for (const [index, account] of accounts.entries()) {
    for (let count = 0; count <= index; count += 1) await ada.send(account, "/start")
  }
  await ada.send(accounts[1], "/order")
  await fleet.park(accounts[4].id, "closed in August")
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const page = await browser.newPage({
      viewport: { width: 1320, height: 800 },
      colorScheme,
      httpCredentials: { username: "admin", password },
    })
    await page.goto(`${url}bots/${accounts[1].id}`)
    const path = join(folder, `admin-${colorScheme}.webp`)
    writeFileSync(path, await webp(await page.screenshot()))
    await page.close()
    console.log(`Wrote ${path}`)
  }
  await admin.close()
  await fleet.stop({ deadlineMs: 100 })
  await fleet[Symbol.asyncDispose]()
}

/**
 * Returns a PNG as WebP, which has a third of the size, because the package contains the pictures.
 *
 * @param {Buffer} png
 */
async function webp(png) {
  const page = await browser.newPage()
  const converted = await page.evaluate(
    async (source) => {
      const picture = new Image()
      picture.src = source
      await picture.decode()
      const canvas = document.createElement("canvas")
      canvas.width = picture.naturalWidth
      canvas.height = picture.naturalHeight
      canvas.getContext("2d")?.drawImage(picture, 0, 0)
      return canvas.toDataURL("image/webp", 0.9)
    },
    `data:image/png;base64,${png.toString("base64")}`,
  )
  await page.close()
  return Buffer.from(converted.slice(converted.indexOf(",") + 1), "base64")
}

async function populate() {
  await others()
  const { port } = /** @type {import("node:net").AddressInfo} */ (hook.address())
  await call("setWebhook", { url: `http://127.0.0.1:${port}/weather` })
  await call("setMyCommands", { commands: [{ command: "now", description: "The weather now" }] })
  await ada.send(weather, "/start")
  await settled(1)
  await say({
    text: "<b>Hello, Ada!</b> I know the weather, and I answer <i>in order</i>.\nSend me a photo of your sky, or /now.",
    parse_mode: "HTML",
  })
  await ada.send(weather, { photo: painting(), caption: "This is what I see" })
  await settled(2)
  await say({
    text: 'A fine evening. In numbers:\n<pre><code class="language-json">{ "wind": 2, "rain": 0 }</code></pre>',
    parse_mode: "HTML",
  })
  await say({
    text: "Shall I write when it changes?",
    reply_markup: {
      inline_keyboard: [
        [
          { text: "Yes, please", callback_data: "yes" },
          { text: "No, thanks", callback_data: "no" },
        ],
      ],
    },
  })
  status = 500
  await ada.send(weather, "Will it rain tomorrow?")
  await telegram.deliveries.wait(({ outcome }) => outcome === "failed", 3, { timeoutMs: 60_000 })
}

async function others() {
  const news = telegram.bot({ first_name: "Daily News", username: "news_bot" })
  const group = telegram.group({ title: "Sailing on Sunday" }, ada, grace, news, weather)
  await grace.send(group, "Who brings the sandwiches?")
  await ada.send(news, "/today")
  telegram.bot({ first_name: "Chess", username: "chess_bot" })
}

/** @param {object} params */
function say(params) {
  return call("sendMessage", { chat_id: ada.id, ...params })
}

/** @param {number} count */
function settled(count) {
  return telegram.deliveries.wait(({ botId }) => botId === weather.id, count)
}

/**
 * @param {string} method
 * @param {object} params
 */
async function call(method, params) {
  const response = await fetch(`${telegram.apiRoot}/bot${weather.token}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  })
  const answer = /** @type {{ ok: boolean }} */ (await response.json())
  if (!answer.ok) throw new Error(JSON.stringify(answer))
}
