import type { FoundEntity } from "./found-spans.js"

// Digits with spaces and hyphens between them. A plus, a dot or a comma in front makes another number.
const digitRun = /(?<![\p{L}\p{N}_+.,-])\d[\d -]*(?![\p{L}\p{N}_])/gu
const maxLength = 31
// The shortest number; most texts have none, and this search is faster than the other.
const leastRun = /\d[\d -]{12}/

/** Returns the numbers of bank cards in a text. */
export function findCards(text: string): FoundEntity[] {
  if (!leastRun.test(text)) return []
  return Array.from(text.matchAll(digitRun)).flatMap(({ index, 0: run }) => {
    const number = run.trimEnd().replace(/(?<![ -])[ -]+$/, "")
    if (number.length > maxLength || !isCard(number.replaceAll(/[ -]/g, ""))) return []
    return [{ type: "bank_card_number" as const, offset: index, length: number.length }]
  })
}

function isCard(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19) return false
  return hasLengthOfIssuer(digits) && checksum(digits) % 10 === 0
}

function hasLengthOfIssuer(digits: string): boolean {
  const { length } = digits
  if (digits.startsWith("4")) return length !== 14 && length !== 15 && length !== 17
  if (/^5[1-5]/.test(digits)) return length === 16
  return /^3[47]/.test(digits) ? length === 15 : true
}

// The checksum of Luhn: every second digit from the right counts twice.
function checksum(digits: string): number {
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at])
    const value = at % 2 === 1 ? 2 * digit : digit
    sum += value > 9 ? value - 9 : value
  }
  return sum
}
