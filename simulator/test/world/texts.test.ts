import type { MessageEntity } from "@grammyjs/types"
import { expect, test } from "vitest"
import { formatted, writtenText } from "../../src/world/formatted-text.js"
import { givenCases } from "./texts/given-cases.js"
import { htmlCases } from "./texts/html-cases.js"
import { linkCases } from "./texts/link-cases.js"
import { legacyCases, markdownCases } from "./texts/markdown-cases.js"
import { tagCases } from "./texts/tag-cases.js"
import type { FormattedCase, Given, Group } from "./texts/text-case.js"

const foundCases = [...linkCases, ...tagCases]

test("there are at least 450 texts", () => {
  const groups = [...foundCases, ...htmlCases, ...markdownCases, ...legacyCases, ...givenCases]
  expect(groups.flatMap(({ cases }) => cases.map(([text]) => text)).length).toBeGreaterThan(450)
})

test.each(foundCases)("found: $rule", ({ cases }) => {
  for (const [text, ...found] of cases) {
    const entities = writtenText(text).entities.map(
      ({ type, offset, length }) => `${type} ${text.slice(offset, offset + length)}`,
    )
    expect.soft([text, ...entities]).toEqual([text, ...found])
  }
})

const modes: readonly (readonly [string, Group<FormattedCase>])[] = [
  ...htmlCases.map((group) => ["HTML", group] as const),
  ...markdownCases.map((group) => ["MarkdownV2", group] as const),
  ...legacyCases.map((group) => ["Markdown", group] as const),
]

test.each(modes.map(([mode, group]) => ({ mode, ...group })))("$mode: $rule", ({ mode, cases }) => {
  for (const [source, ...result] of cases) {
    expect.soft([source, ...shown(source, mode)]).toEqual([source, ...result])
  }
})

test.each(givenCases)("entities: $rule", ({ cases }) => {
  for (const [source, given, ...result] of cases) {
    expect
      .soft([
        source,
        ...shown(
          source,
          "",
          given.map((each) => entityOf(each)),
        ),
      ])
      .toEqual([source, ...result])
  }
})

function entityOf([type, offset, length, value]: Given): object {
  const names: Record<string, string> = { text_link: "url", custom_emoji: "custom_emoji_id" }
  const name = names[type]
  return { type, offset, length, ...(name !== undefined && { [name]: value }) }
}

function shown(source: string, mode: string, given?: readonly object[]): unknown[] {
  try {
    const { text, entities } = formatted(source, mode, given)
    return [text, ...entities.map((entity) => described(entity))]
  } catch (error) {
    return [{ error: (error as Error).message.replace("Bad Request: ", "") }]
  }
}

function described(entity: MessageEntity): string {
  const { type, offset, length } = entity
  const further = {
    ...("url" in entity && { url: entity.url }),
    ...("language" in entity && { language: entity.language }),
    ...("custom_emoji_id" in entity && { id: entity.custom_emoji_id }),
    ...("user" in entity && { user: entity.user.id }),
    ...("unix_time" in entity && { time: `${entity.unix_time} ${entity.date_time_format}` }),
  }
  return [type, offset, length, ...Object.values(further)].join(" ")
}
