/**
 * Measures the chat page with 1,000 chats of 100 messages each in Chromium: the time until it is
 * visible, the time to open a chat, and the frame times during scrolling and incoming messages.
 *
 * @module
 */
import { Simulator, type SimulatedGroup, type SimulatedUser } from "@sounder/simulator"
import { launchChromium, requireChromium } from "./chromium.js"

const chats = 1000
const messages = 100

requireChromium()
const telegram = await Simulator.start({ page: true })
const bot = telegram.bot({ username: "crowd_bot" })
const ada = telegram.user({ first_name: "Ada" })
const groups = await populate(ada)
const browser = await launchChromium()
const page = await browser.newPage()

const loadMs = await timed(async () => {
  await page.goto(telegram.pageUrl ?? "")
  await page.locator(".chat-row").first().waitFor()
})
report({ name: "page: load 1,000 chats", target: 1500, ms: Math.round(loadMs) })

const openMs = Number(await page.evaluate(opening()))
report({ name: "page: open a chat of 100 messages", target: 200, ms: Math.round(openMs) })

reportFrames(
  "page: frame while scrolling 1,000 chats",
  await page.evaluate(scrolling(".chat-list")),
)
reportFrames(
  "page: frame while scrolling messages",
  await page.evaluate(scrolling(".message-list")),
)

const arriving = page.evaluate(frames(180))
const written = flood(ada, groups)
reportFrames("page: frame while 500 messages per second arrive", await arriving)
await written

await browser.close()
await telegram[Symbol.asyncDispose]()

async function populate(person: SimulatedUser): Promise<SimulatedGroup[]> {
  const made: SimulatedGroup[] = []
  for (let chat = 0; chat < chats; chat++) {
    const group = telegram.group({ title: `Group ${chat}` }, person, bot)
    for (let count = 0; count < messages; count++) {
      await person.send(group, `Message ${count} of group ${chat}, with a few words to read`)
    }
    made.push(group)
  }
  return made
}

async function flood(person: SimulatedUser, groups: readonly SimulatedGroup[]): Promise<void> {
  for (let count = 0; count < 1500; count++) {
    const group = groups[count % 2 === 0 ? 0 : count % groups.length]
    if (group !== undefined) await person.send(group, `News ${count}`)
    if (count % 5 === 0) await new Promise((resolve) => void setTimeout(resolve, 10))
  }
}

async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

function reportFrames(name: string, measured: unknown): void {
  // The results of the scripts below.
  const deltas = (measured as number[]).toSorted((a, b) => a - b)
  const at = (part: number) => Math.round(deltas[Math.floor(part * (deltas.length - 1))] ?? 0)
  report({ name, target: 34, ms: at(0.95), median: at(0.5), longest: at(1) })
}

function report(measurement: object): void {
  console.log(JSON.stringify(measurement))
}

function frames(count: number, step = ""): string {
  return `new Promise((resolve) => {
    const deltas = []
    let last = performance.now()
    const frame = (now) => {
      deltas.push(now - last)
      last = now
      ${step}
      if (deltas.length < ${count}) requestAnimationFrame(frame)
      else resolve(deltas.slice(1))
    }
    requestAnimationFrame(frame)
  })`
}

function scrolling(selector: string): string {
  return frames(
    180,
    `document.querySelector("${selector}").scrollBy(0, deltas.length < 90 ? 120 : -97)`,
  )
}

function opening(): string {
  return `new Promise((resolve) => {
    const start = performance.now()
    document.querySelector(".chat-row").click()
    const look = () => {
      const isThere = document.querySelectorAll(".message-row").length >= ${messages}
      if (isThere) requestAnimationFrame(() => resolve(performance.now() - start))
      else requestAnimationFrame(look)
    }
    look()
  })`
}
