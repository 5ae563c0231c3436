import { describe, expect, test } from "vitest"
import { type Dialog, type Interrupted, judge } from "../../bench/dialogs/judge.js"
import { pageOf } from "../../bench/dialogs/page.js"
import type { Heard } from "../../bench/dialogs/transcript.js"

const chat = 7

/** Returns a dialog of a name, an age and a reminder. */
function form(nr: number, expected = ["Name?", "Age?", "Done", "Reminder"]): Dialog {
  return { chat, nr, expected, last: "Done", data: `Ada-${nr}, ${20 + nr}` }
}

/** `"1 Name? @5"` is the question of the first dialog at 5 ms; a colon precedes the rest of the text. */
function heard(...texts: string[]): Heard[] {
  return texts.map((text, index) => {
    const [message = "", at = String(index)] = text.split(" @")
    const [start = "", rest = ""] = message.split(": ")
    const [nr, word = ""] = start.split(" ")
    return { chat, nr: Number(nr), word, rest, at: Number(at) }
  })
}

function verdict(dialogs: Dialog[], messages: Heard[], interrupted: Interrupted[] = []) {
  return judge({ dialogs, heard: messages, interrupted })
}

const first = ["1 Name?", "1 Age?", "1 Done: Ada-1, 21, 1", "1 Reminder"]

describe("the judge of the dialogs", () => {
  test("finds no fault in flawless dialogs", () => {
    const second = ["2 Name?", "2 Age?", "2 Done: Ada-2, 22, 2", "2 Reminder"]
    expect(verdict([form(1), form(2)], heard(...first, ...second, "1 Pong"))).toMatchObject({
      ...{ dialogs: 2, ended: 2, wrong: 0, stuck: 0, inFlight: 0, faults: [] },
      messages: { once: 8, twice: 0, lost: 0 },
      reminders: { once: 2, twice: 0, lost: 0 },
    })
  })

  test("counts messages that come twice or never, and dialogs without an end", () => {
    const messages = heard("1 Name?", "1 Name?", "1 Age?")
    expect(verdict([form(1)], messages)).toMatchObject({
      ...{ ended: 0, stuck: 1, wrong: 0 },
      messages: { once: 1, twice: 1, lost: 2 },
      reminders: { lost: 1 },
    })
  })

  test("excuses a repetition only if its own handler was interrupted between the two messages", () => {
    const messages = heard(...first.slice(0, 3), "1 Reminder @100", "1 Reminder @900")
    const during = { chat, beganAt: 90, endedAt: 110 }
    expect(verdict([form(1)], messages, [during])).toMatchObject({
      ...{ inFlight: 1, messages: { once: 4, twice: 0, lost: 0 } },
    })
    for (const other of [
      { ...during, chat: 8 },
      { ...during, beganAt: 101 },
      { ...during, endedAt: 901 },
      { ...during, beganAt: -9_000, endedAt: -5_000 },
    ]) {
      expect(verdict([form(1)], messages, [other])).toMatchObject({
        ...{ inFlight: 0, messages: { once: 3, twice: 1, lost: 0 } },
      })
    }
  })

  test.each([
    ["another name", "1 Done: Bob-1, 21, 1"],
    ["another number of dialogs", "1 Done: Ada-1, 21, 2"],
  ])("finds %s in the last message", (_, last) => {
    const messages = heard("1 Name?", "1 Age?", last, "1 Reminder")
    expect(verdict([form(1)], messages)).toMatchObject({ ended: 0, wrong: 1, stuck: 0 })
  })

  test("finds a session that has counted a repeated dialog twice", () => {
    const messages = heard(...first, "1 Done: Ada-1, 21, 2")
    expect(verdict([form(1)], messages)).toMatchObject({ wrong: 1, messages: { twice: 1 } })
  })

  test("finds messages that no dialog expects", () => {
    expect(verdict([form(1)], heard(...first, "1 Late"))).toMatchObject({ ended: 1, wrong: 1 })
  })

  test("accepts that a dialog without an end was counted or not", () => {
    for (const number of [1, 2]) {
      const second = ["2 Name?", "2 Age?", `2 Done: Ada-2, 22, ${number}`, "2 Reminder"]
      expect(verdict([form(1), form(2)], heard(...second))).toMatchObject({ ended: 1, wrong: 0 })
    }
  })
})

test("the page of the dialogs shows counts only of messages that the bot has", () => {
  const { faults: _, ...counts } = verdict([form(1)], heard(...first))
  const row = { ...counts, people: 1, kills: 0, crashes: 0, unreadable: 0 }
  const line = "| sounder | 1 | 0 | 1 | 1 | 0 | 0 | 1 / 0 / 0 |  | 4 / 0 / 0 | 0 | 0 |"
  expect(pageOf({ sounder: row })).toContain(line)
})
