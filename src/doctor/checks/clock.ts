import { type Check, passed, withFindings } from "../check.js"
import { finding } from "../finding.js"
import type { Evidence } from "../evidence.js"

/** The largest tolerated difference of two clocks, in milliseconds. */
const toleratedMs = 60_000

/** The check that the clocks of this machine, of the server and of Telegram agree. */
export const clockCheck: Check = {
  name: "clock",
  title: "Clock",
  needs: [],
  skipReason: (evidence) =>
    evidence.telegramAheadMs === undefined && serverAheadMs(evidence) === undefined
      ? "no answer contained the time"
      : undefined,
  judge(evidence) {
    const telegram = evidence.telegramAheadMs
    const server = serverAheadMs(evidence)
    // Without Telegram's time, the clock of this machine is the reference.
    const offMs = server === undefined ? 0 : server - (telegram ?? 0)
    const isOwnWrong = telegram !== undefined && Math.abs(telegram) > toleratedMs
    if (isOwnWrong)
      return withFindings(`${offsetText(-telegram)} off`, machineClockWrong(-telegram))
    if (Math.abs(offMs) > toleratedMs)
      return withFindings(`the server's is ${offsetText(offMs)} off`, serverClockWrong(offMs))
    return passed("right to within a minute")
  },
}

/** Returns the time by the server's header `Date` minus the time by this machine's clock. */
function serverAheadMs({ answer, options }: Evidence): number | undefined {
  const date = answer?.kind === "answered" ? Date.parse(answer.headers["date"] ?? "") : Number.NaN
  return Number.isNaN(date) ? undefined : date - options.now().getTime()
}

/** Returns a difference as text; a positive one means a fast clock. */
function offsetText(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const size = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  return ms > 0 ? `${size} fast` : `${size} slow`
}

function machineClockWrong(ms: number) {
  return finding("clock-wrong", {
    seen: `The clock of this machine is ${offsetText(ms)}, compared with Telegram's.`,
    why: "With a wrong clock, valid certificates look expired or not yet valid, new certificates get wrong dates, and scheduled work runs at the wrong time.",
    fix: "Synchronize the clock with NTP: `timedatectl set-ntp true`.",
  })
}

function serverClockWrong(ms: number) {
  return finding("server-clock-wrong", {
    seen: `The clock of the server is ${offsetText(ms)}.`,
    why: "A certificate that was created on the server is not yet valid for Telegram, or expires too early, and scheduled work of the bot runs at the wrong time.",
    fix: "Synchronize the server's clock with NTP: `timedatectl set-ntp true`. Then create the certificates again that were created with the wrong clock.",
  })
}
