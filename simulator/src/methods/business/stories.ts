import type { Story, StoryArea } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { privateChatOf } from "../../world/identity.js"
import { mediaContent } from "../../world/media/stored-media.js"
import type { Person } from "../../world/person.js"
import type { PostedStory } from "../../world/person-profile.js"
import type { MessageContent } from "../../world/world.js"
import {
  asArguments,
  expectObject,
  partError,
  reading,
  requiredObjectField,
  requiredTextField,
  type Fields,
} from "../fields.js"
import { arrayArgument, objectArgument } from "../json-argument.js"
import { captionContent } from "../media/caption-argument.js"
import { factsArgument } from "../media/facts-argument.js"
import { fileOf } from "../media/file-argument.js"
import type { Call, MethodTable } from "../method.js"
import { requiredText } from "../required-argument.js"
import { accountWith } from "./connection.js"

/** Methods for the stories of a business account. */
export const storyMethods: MethodTable = { postStory, repostStory, editStory, deleteStory }

const hour = 3600
/** The seconds for which a story is active. */
const periods = [6, 12, 24, 48].map((hours) => hours * hour)
const maxAreas = 10

async function postStory(call: Call): Promise<Story> {
  const { person } = accountWith(call, "can_manage_stories")
  const period = periodOf(call)
  const areas = areasOf(call)
  const content = { ...(await storyContent(call)), ...captionContent(call.args) }
  return keep(call, person, { content, period, areas })
}

function repostStory(call: Call): Story {
  const { args, world } = call
  const { person } = accountWith(call, "can_manage_stories")
  const chatId = args.integer("from_chat_id", 0, 0, Number.MAX_SAFE_INTEGER)
  const storyId = args.integer("from_story_id", 0, 0, 2 ** 31 - 1)
  const source = world.people.get(chatId)?.profile.stories.find(({ id }) => id === storyId)
  if (source === undefined) throw CallError.badRequest("STORY_ID_INVALID")
  if (source.botId !== call.bot.me.id) throw CallError.badRequest("story can't be reposted")
  const { content, areas } = source
  return keep(call, person, {
    content,
    period: periodOf(call),
    areas,
    repostOf: { chatId, storyId },
  })
}

async function editStory(call: Call): Promise<Story> {
  const { person } = accountWith(call, "can_manage_stories")
  const story = ownStory(call, person)
  const areas = areasOf(call)
  const content = { ...(await storyContent(call)), ...captionContent(call.args) }
  const { stories } = person.profile
  const edited = { ...story, content, areas }
  person.profile.stories = stories.map((each) => (each.id === story.id ? edited : each))
  return { chat: privateChatOf(person.user), id: story.id }
}

function deleteStory(call: Call): true {
  const { person } = accountWith(call, "can_manage_stories")
  const { id } = ownStory(call, person)
  person.profile.stories = person.profile.stories.filter((each) => each.id !== id)
  return true
}

function ownStory({ args, bot }: Call, { profile }: Person): PostedStory {
  const id = args.integer("story_id", 0, 0, 2 ** 31 - 1)
  const story = profile.stories.find((each) => each.id === id)
  if (story === undefined) throw CallError.badRequest("STORY_ID_INVALID")
  if (story.botId !== bot.me.id) throw CallError.badRequest("story can't be edited")
  return story
}

interface Made {
  readonly content: MessageContent
  readonly period: number
  readonly areas: readonly StoryArea[]
  readonly repostOf?: NonNullable<PostedStory["repostOf"]>
}

function keep({ args, bot, world }: Call, person: Person, made: Made): Story {
  const { period, ...more } = made
  const { stories } = person.profile
  const story: PostedStory = {
    ...more,
    id: Math.max(0, ...stories.map(({ id }) => id)) + 1,
    botId: bot.me.id,
    date: world.now,
    expiresAt: world.now + period,
    isOnProfile: args.flag("post_to_chat_page"),
    isProtected: args.flag("protect_content"),
  }
  person.profile.stories = [story, ...stories]
  return { chat: privateChatOf(person.user), id: story.id }
}

function periodOf({ args }: Call): number {
  const period = args.integer("active_period", 0, 0, 2 ** 31 - 1)
  if (!periods.includes(period)) throw CallError.badRequest("STORY_PERIOD_INVALID")
  return period
}

async function storyContent(call: Call): Promise<MessageContent> {
  requiredText(call.args, "content")
  const given = objectArgument(call.args, "content", "InputStoryContent") ?? {}
  const { field, pointer } = reading("Can't parse InputStoryContent", () => {
    const type = requiredTextField(given, "type")
    if (type !== "photo" && type !== "video") throw partError("Invalid story type specified")
    return { field: type, pointer: requiredTextField(given, type) } as const
  })
  const facts = await factsArgument(call, field, asArguments({ duration: given["duration"] ?? "" }))
  const file = await fileOf(call, field, { given: pointer, name: "" })
  const isAnimation = given["is_animation"] === true
  return mediaContent(isAnimation && field === "video" ? "animation" : field, file, facts)
}

// The areas are shown as the bot has sent them.
function areasOf({ args }: Call): StoryArea[] {
  if (args.text("areas") === "") return []
  const given = arrayArgument(args, "areas", { noun: "story areas", items: "StoryArea" })
  if (given.length > maxAreas) throw CallError.badRequest("too many story areas specified")
  const checked = given.map((value) => reading("Can't parse StoryArea", () => checkedArea(value)))
  return checked as unknown as StoryArea[]
}

function checkedArea(value: unknown): Fields {
  const area = expectObject(value, "StoryArea must be an Object")
  requiredObjectField(area, "position")
  requiredTextField(requiredObjectField(area, "type"), "type")
  return area
}
