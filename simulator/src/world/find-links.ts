import type { FoundEntity } from "./found-spans.js"
import { isLinkHost, isMailAddress } from "./link-host.js"
import {
  characterBefore,
  hostLetter,
  notInPath,
  notInUserName,
  runEnd,
  runStart,
  wordLetter,
} from "./text-symbols.js"

const hostCharacter = new RegExp(`[${hostLetter}]`, "u")
const hostRun = new RegExp(`[${hostLetter}]*`, "uy")
const userCharacter = new RegExp(`[^${notInUserName}]`, "u")
const userRun = new RegExp(`[^:${notInUserName}]*`, "uy")
const port = /:0*([1-9]\d{0,4})(?!\d)/y
const pathRun = new RegExp(`[/?#][^${notInPath}]*`, "uy")
// A link never follows one of these.
const attached = new RegExp(`[${wordLetter}/#@]`, "u")
const appLink = /(?:[tT][gG]|[tT][oO][nN]):\/\/[\w-]{1,253}/g
const endMarks = ".:;,('?!`"

/** Returns the links and e-mail addresses of a text. */
export function findLinks(text: string): FoundEntity[] {
  const appLinks = text.includes("://") ? findAppLinks(text) : []
  return [...appLinks, ...new LinkSearch(text).findAll()]
}

function findAppLinks(text: string): FoundEntity[] {
  const found: FoundEntity[] = []
  appLink.lastIndex = 0
  for (let match = appLink.exec(text); match !== null; match = appLink.exec(text)) {
    const { index } = match
    const end = pathEnd(text, index + match[0].length)
    found.push({ type: "url", offset: index, length: end - index })
    // The path of a link can contain another address, which is no link of its own.
    appLink.lastIndex = end
  }
  return found
}

/** A part of a text that may be a link. */
interface Candidate {
  readonly start: number
  readonly end: number
}

// The search goes from dot to dot, and reads each character a bounded number of times.
class LinkSearch {
  readonly #text: string
  /** The beginning of the text that has not been searched yet. */
  #at = 0
  /** The end of the last run of characters that a user name can contain. */
  #userEnd = -1

  constructor(text: string) {
    this.#text = text
  }

  findAll(): FoundEntity[] {
    const found: FoundEntity[] = []
    for (;;) {
      const dot = this.#text.indexOf(".", this.#at)
      if (dot === -1 || dot === this.#text.length - 1) return found
      const { candidate, next } = this.#candidateAt(dot)
      const entity = candidate && entityOf(this.#text, candidate)
      if (entity !== undefined) found.push(entity)
      this.#at = Math.max(next, dot + 1)
    }
  }

  #candidateAt(dot: number): { candidate?: Candidate; next: number } {
    const text = this.#text
    if (this.#userEnd <= dot) this.#userEnd = runEnd(text, dot, userRun)
    // The dot can be part of the user name before a host.
    const isInName = text[this.#userEnd] === "@"
    const hostEnd = this.#hostEnd(isInName ? this.#userEnd + 1 : dot)
    const part = isInName ? userCharacter : hostCharacter
    const start = this.#start(runStart(text, dot, part, this.#at), isInName)
    const end = pathEnd(text, portEnd(text, hostEnd))
    if (start === undefined) return { next: text.lastIndexOf(".", end - 1) + 1 }
    return { candidate: { start, end }, next: end + dotsAt(text, end) }
  }

  // Dots behind a host belong to the sentence.
  #hostEnd(start: number): number {
    let end = runEnd(this.#text, start, hostRun)
    while (end > start && this.#text[end - 1] === ".") end -= 1
    return end
  }

  // The beginning of the link with its user name and scheme.
  #start(hostStart: number, hasName: boolean): number | undefined {
    const text = this.#text
    let start = hostStart
    if (start > this.#at && text[start - 1] === "@") {
      start = runStart(text, start - 1, userCharacter, this.#at)
      if (hasName || start === hostStart - 1) return undefined
    }
    if (start - 3 >= this.#at && text.startsWith("://", start - 3)) {
      const length = schemeLength(text.slice(Math.max(this.#at, start - 11), start - 3))
      return length === undefined ? undefined : start - 3 - length
    }
    const before = start > this.#at ? characterBefore(text, start) : ""
    return attached.test(before) ? undefined : start
  }
}

// Letters in front of a scheme do not belong to it, but "sftp" and its like are other schemes.
function schemeLength(before: string): number | undefined {
  const lower = before.toLowerCase()
  const scheme = ["https", "http", "ftp", "tonsite"].find((name) => lower.endsWith(name))
  if (scheme === undefined) return undefined
  const other = /(?:^|[^a-z\d+\u0080-\uffff-])(?:shttp|tftp|sftp)$/.test(lower)
  return other ? undefined : scheme.length
}

function portEnd(text: string, hostEnd: number): number {
  port.lastIndex = hostEnd
  const match = port.exec(text)
  const isPort = match !== null && Number(match[1]) <= 65_535
  return isPort ? hostEnd + match[0].length : hostEnd
}

// A "?" or "#" without anything behind it belongs to the sentence.
function pathEnd(text: string, start: number): number {
  const least = start + 1
  let end = runEnd(text, start, pathRun)
  while (end > least && endMarks.includes(text[end - 1] ?? "")) end -= 1
  return end > least || text[start] === "/" ? end : start
}

function dotsAt(text: string, at: number): number {
  let end = at
  while (text[end] === ".") end += 1
  return end - at
}

const scheme = /^(?:https?|ftp|tonsite):\/\//i

function entityOf(text: string, { start, end }: Candidate): FoundEntity | undefined {
  const link = text.slice(start, end)
  const mail = link.startsWith("mailto:") ? link.slice("mailto:".length) : link
  if (isMailAddress(mail)) return { type: "email", offset: end - mail.length, length: mail.length }
  const prefix = scheme.exec(link)?.[0].length ?? 0
  const body = link.slice(prefix)
  const hostLength = /[/?#]/.exec(body)?.index ?? body.length
  const address = body.slice(0, hostLength)
  const host = address.slice(address.indexOf("@") + 1).replace(/:[^:]*$/, "")
  if (!isLinkHost(host, prefix > 0)) return undefined
  const length = prefix + hostLength + balancedLength(body.slice(hostLength))
  return { type: "url", offset: start, length }
}

// The part of a path up to a closing bracket that has no opening one.
function balancedLength(path: string): number {
  const open = [0, 0, 0]
  let end = 0
  for (; end < path.length; end++) {
    const character = path[end] ?? ""
    const opened = "([{".indexOf(character)
    const closed = ")]}".indexOf(character)
    if (opened >= 0) open[opened] = (open[opened] ?? 0) + 1
    if (closed < 0) continue
    if (open[closed] === 0) break
    open[closed] = (open[closed] ?? 0) - 1
  }
  while (end > 0 && end < path.length && endMarks.includes(path[end - 1] ?? "")) end -= 1
  return end
}
