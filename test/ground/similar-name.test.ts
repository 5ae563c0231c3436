import { expect, test } from "vitest"
import { similarName } from "../../src/ground/similar-name.js"

test.each<[name: string, known: string[], similar: string | undefined]>([
  ["dat", ["at", "data"], "data"],
  ["dat", ["data", "at"], "data"],
  ["ta", ["at", "data"], undefined],
  ["replymarkup", ["reply_parameters", "reply_markup"], "reply_markup"],
  [
    "switchInlineQueryCurrentChat",
    ["switch_inline_query", "switch_inline_query_current_chat"],
    "switch_inline_query_current_chat",
  ],
  ["max-age", ["maxAge"], "maxAge"],
  ["descr", ["language", "description"], "description"],
  ["reply", ["reply_parameters", "reply_markup"], undefined],
  ["de", ["description"], undefined],
  ["", ["a"], undefined],
])("of the names similar to %j in %j, the most similar is %j", (name, known, similar) => {
  expect(similarName(name, known)).toBe(similar)
})
