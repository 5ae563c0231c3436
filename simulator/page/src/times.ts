const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" })
const exact = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hour12: false,
})
const calendar = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" })

/** Returns the time of day of a message. @param date Unix time in seconds */
export function timeOf(date: number): string {
  return clock.format(date * 1000)
}

/** Returns the day of a message. @param date Unix time in seconds */
export function dayOf(date: number): string {
  return calendar.format(date * 1000)
}

/** Returns a time of day to the millisecond. @param at Unix time in milliseconds */
export function exactTime(at: number): string {
  return exact.format(at)
}

/** Returns a duration as text, as in `12 ms` or `1.4 s`. */
export function lengthOf(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
