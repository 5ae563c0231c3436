import { type Check, fine, found } from "../check.js"
import { finding } from "../finding.js"
import type { Sight } from "../sight.js"

const toleratedMs = 60_000

/** Whether the clocks of this machine, of the server and of Telegram agree. */
export const clockCheck: Check = {
  name: "clock",
  title: "Clock",
  needs: [],
  spare: (sight) =>
    sight.telegramAheadMs === undefined && serverAheadMs(sight) === undefined
      ? "nobody said what time it is"
      : undefined,
  judge(sight) {
    const telegram = sight.telegramAheadMs
    const server = serverAheadMs(sight)
    // Where Telegram's is not known, this machine's is taken to be right.
    const offMs = server === undefined ? 0 : server - (telegram ?? 0)
    const isOwnWrong = telegram !== undefined && Math.abs(telegram) > toleratedMs
    if (isOwnWrong) return found(`${spell(-telegram)} off`, ownClock(-telegram))
    if (Math.abs(offMs) > toleratedMs)
      return found(`the server's is ${spell(offMs)} off`, theirClock(offMs))
    return fine("right to the minute")
  },
}

function serverAheadMs({ answer, given }: Sight): number | undefined {
  const date = answer?.kind === "answered" ? Date.parse(answer.headers["date"] ?? "") : Number.NaN
  return Number.isNaN(date) ? undefined : date - given.now().getTime()
}

function spell(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const size = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  return ms > 0 ? `${size} fast` : `${size} slow`
}

function ownClock(ms: number) {
  return finding("clock-wrong", {
    seen: `The clock of this machine is ${spell(ms)}, compared with Telegram's.`,
    why: "Certificates made or judged here are taken for expired or not yet valid, and what is due comes at the wrong time.",
    fix: "Have the clock set by the network: `timedatectl set-ntp true`.",
  })
}

function theirClock(ms: number) {
  return finding("server-clock-wrong", {
    seen: `The clock of the server is ${spell(ms)}.`,
    why: "A certificate made there is not yet valid for Telegram, or ends too early, and what the bot has due comes at the wrong time.",
    fix: "Have the clock of that machine set by the network: `timedatectl set-ntp true`. A certificate that was made meanwhile is made anew.",
  })
}
