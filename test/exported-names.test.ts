import { expect, test } from "vitest"
import { readSources } from "./support/import-graph.js"

/** The names that several files may export, each with the reason. */
const shared: Readonly<Record<string, string>> = {
  callbackData: "a filter of `router.callbackQuery`, and the factory of `sounder/keyboard`",
  createTransport: "two implementations of the import `#transport`",
  mention: "a filter, and a format of `sounder/text`",
  parseRecord: "records of sessions, and records of scripts",
  receive: "one function for each framework, each with a subpath of its own",
  storeCommand: "a command of the command line, and a command of a bot",
}

const declaration =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:class|interface|type|function|const) (\w+)/gm

test("no two files export different things under one name", () => {
  const files = new Map<string, Set<string>>()
  for (const [path, text] of readSources("src")) {
    for (const [, name = ""] of text.matchAll(declaration)) {
      files.set(name, (files.get(name) ?? new Set()).add(path))
    }
  }
  const repeated = [...files].filter(([, paths]) => paths.size > 1)
  expect(repeated.map(([name]) => name).toSorted()).toEqual(Object.keys(shared))
  expect(files.size).toBeGreaterThan(1000)
})
