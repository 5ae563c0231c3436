import { ownValue } from "../ground/own-value.js"
import { createRequire } from "node:module"
import { domainToUnicode } from "node:url"
import type { FoundEntity } from "./found-spans.js"

// Top-level domains of TON in addition to those of DNS; loaded with the first text that may hold a
// link.
let knownEndings: ReadonlySet<string> | undefined
const schemes = new Set(["http", "https", "ftp", "tonsite"])

// Matches every possible host with its scheme. The second part reads the rest after a letter that the
// first part has read, so that no text is read twice.
const hosts = /(?:([a-z][a-z0-9.-]*):\/\/)?([\p{L}\p{N}\p{M}_.-]+)/giu
const behindHost = /(?::(\d{1,5})(?!\d))?(?:[/?#][^\s<>"«»\u2000-\u206f]*)?/uy
const appLink =
  /(?<![\p{L}\p{N}_])(?:tg|ton):\/\/[a-z0-9_-]{1,253}(?:[/?#][^\s<>"«»\u2000-\u206f]*)?/giu
const label = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}])?$/u
const byte = /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/
const mailName = /[\w.+-]{1,64}$/

/** Returns the links and mail addresses of a text. */
export function findLinks(text: string): FoundEntity[] {
  const found: FoundEntity[] = text.includes("://") ? appLinks(text) : []
  if (!text.includes(".")) return found
  for (const match of text.matchAll(hosts)) {
    const entity = linkAt(text, match)
    if (entity !== undefined) found.push(entity)
  }
  return found
}

function appLinks(text: string): FoundEntity[] {
  return Array.from(text.matchAll(appLink), ({ index, 0: whole }) => {
    const link = whole.slice(0, balancedLength(whole))
    return { type: "url" as const, offset: index, length: link.length - tailLength(link) }
  })
}

function linkAt(text: string, match: RegExpExecArray): FoundEntity | undefined {
  const [whole, scheme, given = ""] = match
  const host = given.replace(/(?<![.\-_])[.\-_]+$/, "")
  const at = match.index + whole.length - given.length
  const before = text[match.index - 1] ?? ""
  if (scheme !== undefined && !schemes.has(scheme.toLowerCase())) return undefined
  if (!isHost(host, scheme !== undefined)) return undefined
  if (before === "@" && scheme === undefined) return mailAt(text, at, host)
  if (before === "@" || (before === "/" && text[match.index - 2] === "/")) return undefined
  const end = at + host.length + (host === given ? restLength(text, at + host.length) : 0)
  return { type: "url", offset: match.index, length: end - match.index }
}

function mailAt(text: string, at: number, host: string): FoundEntity | undefined {
  const name = mailName.exec(text.slice(Math.max(0, at - 65), at - 1))?.[0]
  if (name === undefined || byte.test(host.split(".").at(-1) ?? "")) return undefined
  return { type: "email", offset: at - 1 - name.length, length: name.length + 1 + host.length }
}

function isHost(host: string, hasScheme: boolean): boolean {
  const labels = host.split(".")
  if (labels.length === 4 && labels.every((part) => byte.test(part))) return true
  if (labels.length < 2 || !labels.every((part) => label.test(part))) return false
  const ending = (labels.at(-1) ?? "").toLowerCase()
  if (ending.startsWith("xn--")) return endings().has(domainToUnicode(ending))
  return hasScheme ? /^\p{L}{2,}$/u.test(ending) : endings().has(ending)
}

function endings(): ReadonlySet<string> {
  // The package is a JSON list.
  knownEndings ??= new Set([...(createRequire(import.meta.url)("tlds") as string[]), "ton"])
  return knownEndings
}

// A port, path, query and fragment, up to an unmatched closing bracket.
function restLength(text: string, at: number): number {
  behindHost.lastIndex = at
  const [rest = "", port] = behindHost.exec(text) ?? []
  const isPort = port === undefined || (Number(port) > 0 && Number(port) <= 65_535)
  const kept = isPort ? rest : ""
  const balanced = kept.slice(0, balancedLength(kept))
  return balanced.length - tailLength(balanced)
}

const opening: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" }

function balancedLength(rest: string): number {
  const open: Record<string, number> = { "(": 0, "[": 0, "{": 0 }
  for (let at = 0; at < rest.length; at++) {
    const character = rest[at] ?? ""
    if (character in open) open[character] = (open[character] ?? 0) + 1
    const opener = ownValue(opening, character)
    if (opener === undefined) continue
    if (open[opener] === 0) return at
    open[opener] = (open[opener] ?? 0) - 1
  }
  return rest.length
}

// Trailing punctuation belongs to the sentence; so does an empty fragment.
function tailLength(link: string): number {
  return /(?<![.:;,('?!`#])[.:;,('?!`#]*$/.exec(link)?.[0].length ?? 0
}
