import { EventEmitter, once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { WatchedFolder } from "../../src/cli/project/watched-folder.js"
import { temporaryFolder } from "../support/temporary-folder.js"

const folder = temporaryFolder()

test("a change of a source file is reported, and changes of generated files are not", async () => {
  mkdirSync(join(folder, "node_modules"))
  const changes = new EventEmitter()
  const told: string[] = []
  using _watched = new WatchedFolder(folder, (name) => {
    told.push(name)
    changes.emit("change")
  })
  const changed = once(changes, "change")
  for (const name of ["world.json", "updates.db", "bot.log", "node_modules/left.js", "bot.ts"]) {
    writeFileSync(join(folder, name), "1")
  }
  await changed
  expect(told).toEqual(["bot.ts"])
  const again = once(changes, "change")
  writeFileSync(join(folder, "world.json"), "2")
  writeFileSync(join(folder, ".env"), "A=1")
  await again
  expect(told).toEqual(["bot.ts", ".env"])
})
