import type { FoundEntity, FoundType } from "./found-spans.js"
import { tagLetter, wordLetter } from "./text-symbols.js"

const mention = new RegExp(`(?<![${wordLetter}])@\\w{2,32}(?![${wordLetter}])`, "gu")
const command = new RegExp(
  `(?<![${wordLetter}/<>])/\\w{1,64}(?:@\\w{3,32}|(?!@))(?![${wordLetter}/<>])`,
  "gu",
)
const cashtag = new RegExp(
  `(?<![$${tagLetter}])\\$(?:1INCH|[A-Z]{1,8})(?![$${tagLetter}])(?:@\\w{3,34}(?!\\w))?`,
  "gu",
)
const tagRun = new RegExp(`(?<![${tagLetter}])#([${tagLetter}]+)(@\\w{3,34})?`, "gu")
const phone = /(?<![\p{L}\p{N}_+.-])\+\d(?:[ ()-]{0,2}\d){6,14}(?![\p{L}\p{N}_])/gu
const shortNames = new Set(["bold", "gif", "pic", "vid"])
const maxTag = 256

/** Returns the mentions, commands, tags and numbers of a text, in no order. */
export function findTags(text: string): FoundEntity[] {
  return [
    ...(text.includes("@") ? all("mention", text, mention).filter(isName) : []),
    ...(text.includes("/") ? all("bot_command", text, command) : []),
    ...(text.includes("#") ? hashtags(text) : []),
    ...(text.includes("$") ? all("cashtag", text, cashtag) : []),
    ...(text.includes("+") ? all("phone_number", text, phone) : []),
  ].map(({ type, offset, length }) => ({ type, offset, length }))
}

type Found = FoundEntity & { readonly text: string }

function all(type: FoundType, text: string, pattern: RegExp): Found[] {
  return Array.from(text.matchAll(pattern), ({ index, 0: found }) => ({
    ...{ type, offset: index, length: found.length },
    text: found,
  }))
}

function isName({ text }: Found): boolean {
  const name = text.slice(1).toLowerCase()
  return name.length >= 4 || shortNames.has(name)
}

// A tag has a letter, and is cut behind 256 characters.
function hashtags(text: string): Found[] {
  return Array.from(text.matchAll(tagRun)).flatMap(({ index, 1: run = "", 2: chat = "" }) => {
    const kept = Array.from(run.slice(0, 2 * maxTag))
      .slice(0, maxTag)
      .join("")
    if (!/\p{L}/u.test(kept) || text[index + 1 + run.length] === "#") return []
    const tag = `#${kept}${kept === run ? chat : ""}`
    return [{ type: "hashtag" as const, offset: index, length: tag.length, text: tag }]
  })
}
