import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { declarations } from "../scripts/generate-parameters.mjs"
import { parameterObjects } from "../scripts/parameter-objects.mjs"
import {
  formerNames,
  knownMethods,
  parametersByMethod,
  refusedMethods,
} from "../src/methods/known-methods.js"
import { methods } from "../src/methods/methods.js"
import {
  fieldsWithoutEffect,
  parametersWithoutEffect,
  refusedFields,
  refusedParameters,
  unsupportedFields,
} from "../src/methods/unsupported-parameters.js"

/** The sources of the world, the people and the methods, which name every simulated feature. */
const sources = ["world", "people", "methods"]
  .flatMap((floor) => filesOf(join("simulator", "src", floor)))
  .filter((path) => !path.endsWith(".generated.ts"))
  .map((path) => readFileSync(path, "utf8"))
  .join("\n")

/**
 * Error texts for mistakes that the documentation forbids, but whose text no public source states: they have
 * been chosen like the texts of Telegram's servers.
 */
const chosenErrors = [
  ...["BOT_TITLE_TOO_LONG", "BOT_DESCRIPTION_TOO_LONG", "BOT_ABOUT_TOO_LONG"],
  ...["INLINE_PLACEHOLDER_TOO_LONG", "CUSTOM_DESCRIPTION_TOO_LONG", "PAYLOAD_TOO_LONG"],
  ...["STARGIFT_MESSAGE_TOO_LONG", "STARGIFT_CONVERT_UNAVAILABLE", "STARGIFT_TRANSFER_UNAVAILABLE"],
  ...["PREMIUM_GIFT_INVALID", "SUBSCRIPTION_PRICING_INVALID", "SUGGESTED_TIP_AMOUNTS_INVALID"],
  ...["INPUT_MEDIA_WIDGET_TOO_LARGE", "USERS_TOO_MUCH"],
  ...["RICH_MESSAGE_TOO_LONG", "RICH_MESSAGE_TOO_DEEP", "RICH_MESSAGE_BLOCKS_TOO_MUCH"],
  ...["RICH_MESSAGE_MEDIA_TOO_MUCH", "RICH_MESSAGE_COLUMNS_TOO_MUCH"],
  ...["message can't be approved", "message can't be declined"],
  ...["not enough rights to approve a suggested post"],
  ...["not enough rights to decline a suggested post"],
  ...["not enough rights to send direct messages", "direct messages topic not found"],
  ...["Invalid send date specified", "Invalid price specified", "comment is too long"],
]

/** The fields of messages that the simulator never sets, by the reason. */
const unsetFields: Readonly<Record<string, readonly string[]>> = {
  "chats have no wallpaper here": ["chat_background_set"],
  "an owner does not leave a chat to another one here": ["chat_owner_changed", "chat_owner_left"],
  "people add no tasks to checklists here": ["checklist_tasks_added"],
  "there are no Communities here": [
    ...["community_chat_added", "community_chat_joined", "community_chat_removed"],
  ],
  "no website logs people in here": ["connected_website"],
  "messages are free here": [
    ...["direct_message_price_changed", "paid_message_price_changed", "paid_star_count"],
  ],
  "an upgrade of a gift is seen in the list of gifts only": ["gift_upgrade_sent", "unique_gift"],
  "there are no giveaways here": [
    ...["giveaway", "giveaway_completed", "giveaway_created", "giveaway_winners"],
  ],
  "people call guests, and chats do not": ["guest_bot_caller_chat"],
  "channels have no discussion groups here": ["is_automatic_forward"],
  "nobody schedules messages here": ["is_from_offline"],
  "people have no Telegram Passport here": ["passport_data"],
  "live locations raise no alerts here": ["proximity_alert_triggered"],
  "replies are to whole messages here": ["reply_to_checklist_task_id", "reply_to_story"],
  "the share of the channel is not public": ["suggested_post_paid", "suggested_post_refunded"],
}

/** The number of methods in Telegram's documentation. The names of two of Bot API 10.4 are not known here. */
const documentedMethods = 194

test("the README's table of supported methods equals that of the code: `npm run coverage` writes it", async () => {
  const readme = readFileSync("simulator/README.md", "utf8")
  const [before, rest = ""] = readme.split("<!-- coverage -->\n")
  const [, behind] = rest.split("<!-- end of coverage -->\n")
  const parts = [before, "<!-- coverage -->\n", coverage(), "<!-- end of coverage -->\n", behind]
  await expect(parts.join("")).toMatchFileSnapshot("../README.md")
})

function coverage(): string {
  const names = [...knownMethods.values()].filter((name) => !formerNames.includes(name))
  const supported = names.filter((name) => methods.has(name.toLowerCase()))
  const unsupported = names.filter((name) => !methods.has(name.toLowerCase()))
  const all = supported.flatMap((name) =>
    parametersOf(name).map((parameter) => ({ name, parameter })),
  )
  const refused = all.filter(({ name, parameter }) => refusedParameters(name).includes(parameter))
  const silent = all.filter(({ parameter }) => Object.hasOwn(parametersWithoutEffect, parameter))
  const types = members("update.d.ts", "Update", "    ").filter((name) => name !== "update_id")
  const made = types.filter((name) => new RegExp(`["']${name}["']`).test(sources))
  const fields = objectFields()
  const ofMessage = members("message.d.ts", "Message")
  const written = ofMessage.filter(isWritten)
  return [
    "| Bot API 10.5 | all | supported | refused by name | unknown |",
    "| --- | ---: | ---: | ---: | ---: |",
    `| methods | ${documentedMethods} | ${supported.length} | ${unsupported.length} | ${documentedMethods - names.length} |`,
    `| parameters of the supported methods | ${all.length} | ${all.length - refused.length} | ${refused.length} | 0 |`,
    `| fields of the objects in these parameters | ${fields.all} | ${fields.all - fields.refused} | ${fields.refused} | 0 |`,
    `| types of update | ${types.length} | ${made.length} | | |`,
    `| fields of \`Message\` | ${ofMessage.length} | ${written.length} | | |`,
    "",
    `${silent.length} of the supported parameters have no visible effect here:`,
    `${Object.entries(parametersWithoutEffect).map(explained).join("; ")}.`,
    "",
    `${Object.keys(fieldsWithoutEffect).length} of the supported fields have no visible effect here: ${explainedFields()}.`,
    "",
    `Refused fields: ${Object.entries(refusedFields).map(explained).join("; ")}.`,
    "",
    `Refused parameters: ${list([...new Set(refused.map(({ parameter }) => parameter))])}.`,
    "",
    `Refused methods: ${refusals(unsupported)}.`,
    "",
    `Errors whose text no public source states, chosen like the texts of Telegram's servers: ${list(chosenErrors)}.`,
    "",
    `Types of update that only \`push\` creates: ${list(types.filter((name) => !made.includes(name)))}.`,
    "",
    "Fields of `Message` that the simulator never sets: " +
      `${Object.entries(unsetFields)
        .map(([why, unset]) => `${list(unset)} (${why})`)
        .join("; ")}.`,
    "",
  ].join("\n")
}

function isWritten(field: string): boolean {
  return new RegExp(`\\b${field}\\b`).test(sources)
}

function objectFields(): { all: number; refused: number } {
  const unsupported: Readonly<Record<string, readonly string[]>> = unsupportedFields
  const objects = parameterObjects((owner, name) => {
    if (!knownMethods.has(owner.toLowerCase())) return unsupported[owner]?.includes(name) === true
    const isSupported = methods.has(owner.toLowerCase())
    return !isSupported || name === "allowed_updates" || refusedParameters(owner).includes(name)
  })
  const refused = [...objects.keys()].flatMap((type) => unsupported[type] ?? [])
  return { all: [...objects.values()].flat().length, refused: refused.length }
}

/** Returns the fields without an effect, by the reason. */
function explainedFields(): string {
  const entries = Object.entries(fieldsWithoutEffect)
  const inWords = (reason: string) => {
    const names = entries.filter(([, each]) => each === reason).map(([name]) => name)
    return `${names.length} (${reason}; ${typesOf(names)})`
  }
  return [...new Set(Object.values(fieldsWithoutEffect))].map(inWords).join("; ")
}

function typesOf(fields: readonly string[]): string {
  const types = fields.map((name) => name.slice(0, name.lastIndexOf(".")))
  return [
    ...new Set(types.map((type) => type.replace(/^InlineQueryResult\w+/, "InlineQueryResult…"))),
  ]
    .map((type) => `\`${type}\``)
    .join(", ")
}

/** Returns the refused methods, by the reason. */
function refusals(names: readonly string[]): string {
  const reasons = new Set(names.map((name) => refusedMethods[name]))
  return [...reasons]
    .map((why) => `${list(names.filter((name) => refusedMethods[name] === why))} (${why})`)
    .join("; ")
}

test("each error with a chosen text is one of the simulator's", () => {
  const names = chosenErrors.map((text) => text.replace(/^(BOT_[A-Z]+)_TOO_LONG$/, "$1"))
  expect(names.filter((name) => !sources.includes(`"${name}"`))).toEqual([])
})

test("each refused field, and each field that is never set, has a reason", () => {
  const refused = Object.entries(unsupportedFields).flatMap(([type, names]) =>
    names.map((name) => `${type}.${name}`),
  )
  expect(Object.keys(refusedFields)).toEqual(refused)
  const unset = members("message.d.ts", "Message").filter((name) => !isWritten(name))
  expect(Object.values(unsetFields).flat().toSorted()).toEqual(unset.toSorted())
})

test("each refused method has a reason", () => {
  const names = [...knownMethods.values()].filter((name) => !methods.has(name.toLowerCase()))
  expect(Object.keys(refusedMethods).toSorted()).toEqual(names.toSorted())
})

function explained([name, seen]: [string, string]): string {
  return `\`${name}\` (${seen})`
}

function list(names: readonly string[]): string {
  if (names.length === 0) return "none"
  return names
    .toSorted()
    .map((name) => `\`${name}\``)
    .join(", ")
}

function parametersOf(method: string): readonly string[] {
  return parametersByMethod.get(method) ?? []
}

/**
 * The names of an interface's members, and of those in the namespace of its name.
 *
 * @param indent the blanks in front of them; any by default
 */
function members(file: string, name: string, indent = " +"): string[] {
  const text = declarations(file)
  const blocks = [
    ...text.matchAll(new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([^]*?)\\n\\}`, "gm")),
    ...text.matchAll(new RegExp(`^export declare namespace ${name} \\{\\n([^]*?)\\n\\}`, "gm")),
  ]
  const found = blocks.flatMap(([, body = ""]) =>
    Array.from(
      body.matchAll(new RegExp(`^${indent}(\\w+)\\??: `, "gm")),
      ([, member = ""]) => member,
    ),
  )
  return [...new Set(found)]
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path))
}
