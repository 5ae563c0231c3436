import { describe, expect, test } from "vitest"
import { type Entry, judge, type Life, type Sent } from "../../bench/delivery/judge.js"

/** `"1+ 2+ 1- 2-"` at 0, 1, 2, 3 ms: update 1 begins, 2 begins, 1 ends, 2 ends. */
function life(text: string, options: { from?: number; diedAt?: number } = {}): Life {
  const { from = 0, diedAt } = options
  const entries = text.split(" ").map((word, index): Entry => {
    const what = word.endsWith("+") ? "begin" : "end"
    return { what, update: Number.parseInt(word), at: from + index }
  })
  return { entries, startedAt: from, endedAt: diedAt }
}

/** Returns updates of one chat, all sent at 0 and acknowledged at once. */
function sent(count: number, changes: Partial<Sent> = {}): Sent[] {
  return Array.from({ length: count }, (_, index) => ({
    update: index + 1,
    chat: 7,
    at: 0,
    forgottenAt: 0,
    sentAt: undefined,
    isExpired: false,
    ...changes,
  }))
}

function verdict(updates: readonly Sent[], lives: readonly Life[], changes = {}) {
  return judge({ sent: updates, lives, wasCutOff: false, isDurable: false, ...changes })
}

const clean = { lost: 0, expired: 0, unfinished: 0, handledTwice: 0, rerun: 0, outOfOrder: 0 }

describe("the judge of the scoreboard", () => {
  test("finds no fault in a flawless run", () => {
    const result = verdict(sent(3), [life("1+ 1- 2+ 2- 3+ 3-")])
    expect(result).toMatchObject({ ...clean, updates: 3, handled: 3, longestWaitMs: 4 })
  })

  test("finds updates that never began, and updates that began and never ended", () => {
    const result = verdict(sent(3), [life("1+ 1- 2+")])
    expect(result).toMatchObject({ ...clean, handled: 1, lost: 2 })
  })

  test("counts no update as lost that Telegram still has", () => {
    const waiting = sent(2, { forgottenAt: undefined })
    expect(verdict(waiting, [life("1+ 1-")])).toMatchObject({ ...clean, unfinished: 1 })
  })

  test("counts updates that Telegram dropped as expired", () => {
    const old = sent(1, { forgottenAt: undefined, isExpired: true })
    expect(verdict(old, [life("2+")])).toMatchObject({ ...clean, expired: 1 })
  })

  test("finds updates that began again after their end, in one process or in two", () => {
    const once = verdict(sent(1), [life("1+ 1- 1+ 1-")])
    expect(once).toMatchObject({ ...clean, handledTwice: 1 })
    const twice = [life("1+ 1-", { diedAt: 5 }), life("1+ 1-", { from: 10 })]
    expect(verdict(sent(1), twice)).toMatchObject({ ...clean, handledTwice: 1 })
  })

  test("finds updates that began a second time while they were running", () => {
    expect(verdict(sent(1), [life("1+ 1+ 1- 1-")])).toMatchObject({ ...clean, handledTwice: 1 })
  })

  test("counts updates that were running when their process died separately", () => {
    const lives = [life("1+ 1- 2+", { diedAt: 5 }), life("2+ 2-", { from: 10 })]
    expect(verdict(sent(2), lives)).toMatchObject({ ...clean, handled: 2, rerun: 1 })
  })

  test("finds an update that overtook another of its chat, and an update that overlapped with it", () => {
    const overtaken = verdict(sent(2), [life("2+ 2- 1+ 1-")])
    expect(overtaken).toMatchObject({ ...clean, outOfOrder: 1 })
    expect(verdict(sent(2), [life("1+ 2+ 1- 2-")])).toMatchObject({ ...clean, outOfOrder: 1 })
  })

  test("permits two chats at the same time", () => {
    const [one, other] = sent(2)
    const chats = [one!, { ...other!, chat: 8 }]
    expect(verdict(chats, [life("2+ 1+ 2- 1-")])).toMatchObject(clean)
  })

  test("reports which of them Telegram sent in reverse order", () => {
    const [one, other] = sent(2)
    const swapped = [
      { ...one!, sentAt: 9 },
      { ...other!, sentAt: 3 },
    ]
    const result = verdict(swapped, [life("2+ 2- 1+ 1-")])
    expect(result).toMatchObject({ ...clean, outOfOrder: 1, sentOutOfOrder: 1 })
    const right = swapped.map((update) => ({ ...update, sentAt: update.update }))
    expect(verdict(right, [life("2+ 2- 1+ 1-")])).toMatchObject({
      outOfOrder: 1,
      sentOutOfOrder: 0,
    })
  })

  test("counts chats that waited although no earlier update of theirs was running", () => {
    const [one, other] = sent(2)
    const late = [life("1+", { from: 0 }), life("1- 2+ 2-", { from: 6000 })]
    expect(verdict([one!, { ...other!, chat: 8 }], late)).toMatchObject({ chatsDelayed: 1 })
    const ownFault = [life("1+"), { ...life("1- 2+ 2-", { from: 6000 }) }]
    const lives = [{ ...ownFault[0]!, entries: ownFault.flatMap(({ entries }) => entries) }]
    expect(verdict(sent(2), lives)).toMatchObject({ chatsDelayed: 0, longestWaitMs: 6001 })
  })

  test("counts as lost, in a run that was cut off, only updates that neither side has", () => {
    const lives = [life("1+ 1-", { diedAt: 5 }), life("3+", { from: 10 })]
    const [first, second, third] = sent(3)
    const updates = [first!, second!, { ...third!, forgottenAt: 11 }]
    const cut = { wasCutOff: true }
    expect(verdict(updates, lives, cut)).toMatchObject({ lost: 1, unfinished: 1 })
    const durable = { ...cut, isDurable: true }
    expect(verdict(updates, lives, durable)).toMatchObject({ lost: 0, unfinished: 2 })
  })
})
