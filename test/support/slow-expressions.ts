import { createContext, Script } from "node:vm"
import { parseSync, Visitor } from "oxc-parser"

/** A regular expression of a source file. */
export interface FoundExpression {
  readonly path: string
  readonly pattern: string
  readonly flags: string
}

/** A text to try: a head, a repeated piece and a tail. */
interface TriedText {
  readonly head: string
  readonly piece: string
  readonly tail: string
}

/** A text for which an expression takes longer than its length explains. */
export interface SlowText extends TriedText {
  readonly cpuMs: number
}

/** The processor time of an expression for some texts, and whether it came to their end within the limit. */
interface Cost {
  readonly cpuMs: number
  readonly isComplete: boolean
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

/** The time limit for several texts together; after it they are measured in two halves. */
const batchTimeoutMs = 200

/** Returns a text that makes an expression slow; `undefined` if no tried text does. */
export function slowTextFor(
  { pattern, flags }: Pick<FoundExpression, "pattern" | "flags">,
  pieces: Iterable<string> = piecesOf(pattern),
): SlowText | undefined {
  const expression = new RegExp(pattern, flags)
  const heads = ["", '"', "a:", ...literalsOf(pattern).slice(0, 2)]
  const ends = heads.flatMap((head) => tails.map((tail) => ({ head, tail })))
  const texts = [...pieces].flatMap((piece) => ends.map((end) => ({ ...end, piece })))
  return slowTextOf(expression, texts)
}

/** Returns the first slow text. Texts that are fast together are fast each, so that most are measured once. */
function slowTextOf(expression: RegExp, texts: readonly TriedText[]): SlowText | undefined {
  if (isFast(expression, texts)) return undefined
  const [first, ...others] = texts
  if (first && others.length === 0) return confirmed(expression, first)
  const half = texts.length >> 1
  return slowTextOf(expression, texts.slice(0, half)) ?? slowTextOf(expression, texts.slice(half))
}

function isFast(expression: RegExp, texts: readonly TriedText[]): boolean {
  const limitMs = texts.length > 1 ? batchTimeoutMs : timeoutMs
  const { cpuMs, isComplete } = costOf(expression, texts, limitMs)
  return isComplete && cpuMs <= slowCpuMs
}

/** Measures again: a garbage collection in between makes a fast expression slow once, but not three times. */
function confirmed(expression: RegExp, text: TriedText): SlowText | undefined {
  const again = [1, 2].map(() => costOf(expression, [text], timeoutMs).cpuMs)
  const cpuMs = Math.min(...again)
  return cpuMs > slowCpuMs ? { ...text, cpuMs } : undefined
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

const context = createContext({ texts: [] as string[], expression: /x/ })
const script = new Script("for (const text of texts) text.match(expression)")

/** Measures the processor time, as the machine may be busy with other tests. */
function costOf(expression: RegExp, texts: readonly TriedText[], limitMs: number): Cost {
  context["texts"] = texts.map(({ head, piece, tail }) => {
    return head + piece.repeat(length / piece.length) + tail
  })
  context["expression"] = expression
  const before = process.cpuUsage()
  const isComplete = isDone(() => script.runInContext(context, { timeout: limitMs }))
  const { user, system } = process.cpuUsage(before)
  return { cpuMs: (user + system) / 1_000, isComplete }
}

/** Calls `work`. Returns false if it exceeded its time. */
function isDone(work: () => void): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}
