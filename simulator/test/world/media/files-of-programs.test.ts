import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { fileFacts } from "../../../src/world/media/file-facts.js"

const picture = { width: 321, height: 123 }

// Written by other programs: opusenc 0.2, LAME 3.100 and Chromium.
test.each([
  ["opus.ogg", { duration: 3, title: "Tea", performer: "Ada" }],
  ["constant.mp3", { duration: 3, title: "Tea", performer: "Ada" }],
  ["variable.mp3", { duration: 3, title: "Grüner Tee", performer: "Ada" }],
  ["canvas.png", picture],
  ["canvas.jpg", picture],
  ["canvas.webp", picture],
  ["recorded.mp4", { ...picture, duration: 3 }],
])("the facts of %s, which another program has written, are read", (name, facts) => {
  expect(fileFacts(readFileSync(new URL(name, import.meta.url)))).toEqual(facts)
})
