import { expect, test } from "vitest"
import { LastingChannel } from "../../src/events/lasting-channel.js"

interface Lamp {
  readonly room: string
  readonly isLit: boolean
}

const lampsOf = (name: string) => new LastingChannel<Lamp>(name, ({ room }) => room)

test("a lasting channel stores the last message per subject, before any subscription", () => {
  const lamps = lampsOf("sounder:test:lamps")
  expect(lamps.hasSubscribers).toBe(true)
  lamps.publish({ room: "hall", isLit: true })
  lamps.publish({ room: "attic", isLit: true })
  lamps.publish({ room: "hall", isLit: false })
  expect(lamps.known).toEqual([
    { room: "attic", isLit: true },
    { room: "hall", isLit: false },
  ])
})

test("a lasting channel passes later messages to its listeners", () => {
  const lamps = lampsOf("sounder:test:later-lamps")
  lamps.publish({ room: "hall", isLit: true })
  const heard: Lamp[] = []
  const stop = lamps.subscribe((lamp) => heard.push(lamp))
  lamps.publish({ room: "attic", isLit: true })
  stop()
  lamps.publish({ room: "cellar", isLit: true })
  expect(heard).toEqual([{ room: "attic", isLit: true }])
})

test("a lasting channel forgets the oldest of more than ten thousand subjects", () => {
  const lamps = lampsOf("sounder:test:many-lamps")
  for (let n = 0; n <= 10_000; n += 1) lamps.publish({ room: `${n}`, isLit: true })
  expect(lamps.known).toHaveLength(10_000)
  expect(lamps.known[0]?.room).toBe("1")
})
