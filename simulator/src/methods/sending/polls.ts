import type { Message, MessageEntity } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { formatted } from "../../world/formatted-text.js"
import { closeLater, newPoll, solution, type PollOptionTraits } from "../../world/polls.js"
import { maxOptions, type PollExplanation, type SimulatedPoll } from "../../world/poll-book.js"
import { writableChat } from "../chat-argument.js"
import { checkMessageArguments, deliver } from "../deliver.js"
import { isObject, requiredTextField, textField, type Fields } from "../fields.js"
import { arrayArgument } from "../json-argument.js"
import { optionMedia, pollMediaArgument } from "../media/poll-media.js"
import type { Call, MethodTable } from "../method.js"

/** The method that sends a poll. */
export const pollMethods: MethodTable = { sendPoll }

const maxQuestion = 300
const maxOption = 100

async function sendPoll(call: Call): Promise<Message> {
  const { args, bot, world } = call
  checkOptions(call)
  const type = typeOf(call)
  checkMessageArguments(call)
  writableChat(call, "poll")
  const question = questionOf(call)
  const options = await optionsOf(call)
  const correct = type === "quiz" ? correctOptions(call, options.length) : []
  const open_period = openPeriod(call)
  const description = descriptionOf(call)
  const countries = countriesOf(call)
  const isAnonymous = args.text("is_anonymous") === "" || args.flag("is_anonymous")
  const takesOptions = args.flag("allow_adding_options")
  if (takesOptions && (isAnonymous || type === "quiz")) {
    throw CallError.badRequest("options can't be added to anonymous polls and quizzes")
  }
  const media = await pollMediaArgument(call, "media")
  const explanation = await explanationOf(call)
  const poll = newPoll(world, {
    question: question.text,
    question_entities: question.entities.filter(isCustomEmoji),
    options,
    type,
    is_anonymous: isAnonymous,
    allows_multiple_answers: args.flag("allows_multiple_answers"),
    is_closed: args.flag("is_closed"),
    ...(args.text("allows_revoting") !== "" && { allows_revoting: args.flag("allows_revoting") }),
    members_only: args.flag("members_only"),
    ...(countries.length > 0 && { country_codes: countries }),
    ...description,
    ...(media && { media }),
    ...(open_period > 0 && { open_period }),
  })
  // Fetching files takes time, so the chat may have changed meanwhile.
  const where = writableChat(call, "poll")
  const message = deliver(call, where, { poll })
  const place = { bot, where, messageId: message.message_id, votes: new Map() }
  const hidesResults = args.flag("hide_results_until_closes")
  const rules = { ...(takesOptions && { takesOptions }), ...(hidesResults && { hidesResults }) }
  const simulatedPoll: SimulatedPoll = { ...place, correct, explanation, ...rules, poll }
  world.polls.add(simulatedPoll)
  closeLater(world, simulatedPoll)
  // The bot sees the solution at once, people see it after their vote.
  return { ...message, poll: { ...poll, ...solution(simulatedPoll) } }
}

function questionOf({ args }: Call) {
  const explicit: unknown = args.json("question_entities")
  const question = formatted(args.text("question"), args.text("question_parse_mode"), explicit)
  if (question.text === "") throw CallError.badRequest("poll question must be non-empty")
  if ([...question.text].length > maxQuestion) {
    throw CallError.badRequest(`poll question length must not exceed ${maxQuestion}`)
  }
  return question
}

const optionNames = { noun: "options", items: "String as options" }

function givenOptions({ args }: Call): Fields[] {
  return arrayArgument(args, "options", optionNames).map((option) => {
    if (typeof option === "string") return { text: option }
    if (isObject(option)) return option
    throw CallError.badRequest("expected an option to be of type String")
  })
}

function checkOptions(call: Call): void {
  for (const option of givenOptions(call)) {
    requiredTextField(option, "text")
    textField(option, "text_parse_mode")
  }
}

function typeOf({ args }: Call): "quiz" | "regular" {
  const type = args.text("type")
  if (type === "quiz" || type === "regular") return type
  if (type === "") return "regular"
  throw CallError.badRequest("unsupported poll type specified")
}

async function optionsOf(call: Call): Promise<PollOptionTraits[]> {
  const given = givenOptions(call)
  if (given.length < 1) throw CallError.badRequest("poll must have at least 1 option")
  if (given.length > maxOptions) {
    throw CallError.badRequest(`poll can't have more than ${maxOptions} options`)
  }
  const options: PollOptionTraits[] = []
  for (const fields of given) {
    const media = await optionMedia(call, fields)
    options.push({ ...optionText(fields), ...(media && { media }) })
  }
  return options
}

function optionText(option: Fields): PollOptionTraits {
  const mode = textField(option, "text_parse_mode")
  const explicit = mode === "" ? option["text_entities"] : undefined
  const { text, entities } = formatted(textField(option, "text"), mode, explicit)
  if (text === "") throw CallError.badRequest("poll options must be non-empty")
  if ([...text].length > maxOption) {
    throw CallError.badRequest(`poll options length must not exceed ${maxOption}`)
  }
  return { text, text_entities: entities.filter(isCustomEmoji) }
}

// Questions and options keep no other entities.
function isCustomEmoji({ type }: MessageEntity): boolean {
  return type === "custom_emoji"
}

function correctOptions({ args }: Call, count: number): number[] {
  const given: unknown = args.json("correct_option_ids")
  const ids = Array.isArray(given) ? given.map(Number) : [numberIn(args.text("correct_option_id"))]
  const isRight = ids.length > 0 && ids.every((id) => Number.isInteger(id) && id >= 0 && id < count)
  if (!isRight) throw CallError.badRequest("wrong correct option ID specified")
  return ids
}

function numberIn(text: string): number {
  return text === "" ? -1 : Number(text)
}

async function explanationOf(call: Call): Promise<PollExplanation> {
  const { args } = call
  const { text, entities } = formatted(
    args.text("explanation"),
    args.text("explanation_parse_mode"),
    args.json("explanation_entities"),
  )
  const media = await pollMediaArgument(call, "explanation_media")
  return {
    ...(text !== "" && { explanation: text }),
    ...(text !== "" && entities.length > 0 && { explanation_entities: [...entities] }),
    ...(media && { explanation_media: media }),
  }
}

function descriptionOf({ args }: Call) {
  const { text, entities } = formatted(
    args.text("description"),
    args.text("description_parse_mode"),
    args.json("description_entities"),
  )
  if (text === "") return {}
  return { description: text, ...(entities.length > 0 && { description_entities: [...entities] }) }
}

function countriesOf({ args }: Call): string[] {
  if (args.text("country_codes") === "") return []
  return arrayArgument(args, "country_codes", { noun: "country codes" }).map(String)
}

function openPeriod({ args, world }: Call): number {
  const closeDate = args.integer("close_date", 0, 0, 2 ** 31)
  return closeDate > 0 ? closeDate - world.now : args.integer("open_period", 0, 0, 2_628_000)
}
