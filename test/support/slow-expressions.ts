import { createContext, runInContext } from "node:vm"
import { parseSync, Visitor } from "oxc-parser"

/** A regular expression of a source file. */
export interface FoundExpression {
  readonly path: string
  readonly pattern: string
  readonly flags: string
}

/** A text for which an expression takes longer than its length explains. */
export interface SlowText {
  readonly head: string
  readonly piece: string
  readonly tail: string
  readonly cpuMs: number
}

/** Returns the regular expressions that a source file has as literals. */
export function expressionsOf(path: string, source: string): FoundExpression[] {
  const found: FoundExpression[] = []
  new Visitor({
    Literal(node) {
      if ("regex" in node) {
        const { pattern, flags } = node.regex
        found.push({ path, pattern, flags })
      }
    },
  }).visit(parseSync(path, source).program)
  return found
}

/** The length of the texts, in characters: that of an HTTP header, or of four long messages. */
const length = 16_384

/** Linear expressions take less than a millisecond of CPU time, quadratic ones over a hundred. */
const slowCpuMs = 60

const timeoutMs = 1_500

/** Returns a text that makes an expression slow; `undefined` if no tried text does. */
export function slowTextFor(
  { pattern, flags }: Pick<FoundExpression, "pattern" | "flags">,
  pieces: Iterable<string> = piecesOf(pattern),
): SlowText | undefined {
  const heads = ["", '"', "a:", ...literalsOf(pattern).slice(0, 2)]
  const ends = heads.flatMap((head) => tails.map((tail) => ({ head, tail })))
  for (const piece of pieces) {
    for (const { head, tail } of ends) {
      const cpuMs = () => cpuOf(pattern, flags, head, piece, tail)
      if (cpuMs() <= slowCpuMs) continue
      // A garbage collection in between makes a fast expression slow once, but not three times.
      const leastMs = Math.min(cpuMs(), cpuMs())
      if (leastMs > slowCpuMs) return { head, piece, tail, cpuMs: leastMs }
    }
  }
  return undefined
}

const tails = ["\u0001", " \n", ""]

/** Escaped, opening and closing quotes. */
const quoted = ['\\"', '"a', ' "']

/** Returns texts to repeat: the characters of a pattern, some of every kind, and pairs of them. */
export function piecesOf(pattern: string): Set<string> {
  const singles = charactersOf(pattern).slice(0, 16)
  const pairs = singles.slice(0, 5).flatMap((one) => singles.slice(0, 5).map((two) => one + two))
  return new Set([...singles, ...literalsOf(pattern).slice(0, 4), ...pairs, ...quoted])
}

/** Returns a random text to repeat, made of the characters of a pattern. */
export function randomPiece(pattern: string, random: () => number): string {
  const characters = charactersOf(pattern)
  const size = 1 + Math.floor(random() * 6)
  return Array.from(
    { length: size },
    () => characters[Math.floor(random() * characters.length)] ?? "a",
  ).join("")
}

/** Returns the literal parts of a pattern, the longest first. */
function literalsOf(pattern: string): string[] {
  const parts = pattern.replaceAll(/\[[^\]]*\]/g, "?").match(/[^\\()?*+|^$[\]{}.]{2,}/g) ?? []
  return parts.toSorted((one, other) => other.length - one.length)
}

const classes: Readonly<Record<string, string>> = { d: "1", w: "a", s: " ", D: "a", W: " ", S: "a" }

function charactersOf(pattern: string): string[] {
  const plain = pattern
    .replaceAll(/\\([a-z])/gi, (_, letter: string) => classes[letter] ?? "")
    .replaceAll(/[()?*+|^$[\]{}\\]/g, "")
  return [...new Set([...plain, ...'a1 "\\;,-./:=\n<&@\u00e9'])]
}

const context = createContext({ text: "", expression: /x/ })

/** Returns the processor time, as the machine may be busy with other tests. */
function cpuOf(pattern: string, flags: string, head: string, piece: string, tail: string): number {
  context["text"] = head + piece.repeat(length / piece.length) + tail
  context["expression"] = new RegExp(pattern, flags)
  const before = process.cpuUsage()
  try {
    runInContext("text.match(expression)", context, { timeout: timeoutMs })
  } catch {
    // The expression exceeded the limit.
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
