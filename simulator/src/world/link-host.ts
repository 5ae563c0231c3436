import { createRequire } from "node:module"

// The top-level domains of DNS, TON and Tor; loaded with the first text that may hold a link.
let knownEndings: ReadonlySet<string> | undefined

const byte = /^(?:0|[1-9]\d{0,2})$/
const maxLabelBytes = 63

/**
 * Tells if Telegram takes a text for the host of a link.
 *
 * @param hasScheme a host behind `http://` can end in a domain that nobody knows
 */
export function isLinkHost(host: string, hasScheme: boolean): boolean {
  // A host that looks like Telegram's own.
  if (host.toLowerCase() === "teiegram.org") return false
  const labels = host.split(".")
  if (labels.length < 2 || !labels.every((label) => isLabel(label))) return false
  if (labels.every((label) => /^\d+$/.test(label))) return isAddress(labels)
  return isEnding(labels.at(-1) ?? "", hasScheme) && !labels.at(-2)?.includes("_")
}

function isLabel(label: string): boolean {
  return label !== "" && !label.endsWith("-") && Buffer.byteLength(label) <= maxLabelBytes
}

function isAddress(labels: readonly string[]): boolean {
  return labels.length === 4 && labels.every((part) => byte.test(part) && Number(part) < 256)
}

function isEnding(ending: string, hasScheme: boolean): boolean {
  if ([...ending].length < 2) return false
  if (ending.startsWith("xn--")) return /^xn--[a-z\d]{2,}$/i.test(ending)
  if (/[_-]/.test(ending)) return false
  return hasScheme || isKnownEnding(ending)
}

// "The end.Next" holds no link: the first letter of a sentence is a capital.
function isKnownEnding(ending: string): boolean {
  const small = ending.toLowerCase()
  if (ending !== small && ending.slice(1) === small.slice(1)) return false
  // The package is a JSON list.
  const load = () => createRequire(import.meta.url)("tlds") as string[]
  knownEndings ??= new Set([...load(), "ton", "onion"])
  return knownEndings.has(small)
}

const maxNames = 11
const maxLabels = 6

/** Tells if Telegram takes a text for an e-mail address. */
export function isMailAddress(text: string): boolean {
  const at = text.indexOf("@")
  if (at < 1 || text.length > 700) return false
  const names = text.slice(0, at).split(/[.+]/)
  const labels = text.slice(at + 1).split(".")
  const ending = labels.pop() ?? ""
  return (
    names.length <= maxNames &&
    names.every((name, index) => isName(name, index === names.length - 1)) &&
    labels.length > 0 &&
    labels.length <= maxLabels &&
    labels.every((label) => label.length <= 30 && isMailLabel(label)) &&
    /^[a-z]{2,8}$/i.test(ending)
  )
}

function isName(name: string, isLast: boolean): boolean {
  const isLongEnough = name.length >= (isLast ? 1 : 0)
  return isLongEnough && name.length <= (isLast ? 35 : 26) && /^[\w-]*$/.test(name)
}

function isMailLabel(label: string): boolean {
  return /^[\w-]+$/.test(label) && !/^[_-]/.test(label) && !/[_-]$/.test(label)
}
