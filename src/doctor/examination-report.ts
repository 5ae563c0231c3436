import type { CheckResult } from "./run-checks.js"
import type { Examination } from "./examine.js"
import type { Finding, FindingLevel } from "./finding.js"

/** The options of {@link examinationReport}. */
export interface ReportOptions {
  /** True for a report with ANSI colours, for a terminal. Default: false. */
  readonly color?: boolean
  /** The longest line, in characters. Default: 80. */
  readonly width?: number
}

const marks = { ok: "✓", skipped: "–", fault: "✗", warning: "!", remark: "•" } as const
/** The codes of ANSI colours (SGR). */
const colors = { ok: 32, skipped: 2, fault: 31, warning: 33, remark: 36 } as const
/** The width of the column with the titles of the checks, in characters. */
const titleWidth = 14

type Mark = keyof typeof marks

/** Returns an examination as text for a person: a line per check, then the findings with their fixes. */
export function examinationReport(examination: Examination, options: ReportOptions = {}): string {
  const { url, checks } = examination
  const lines = checks.filter(listedChecks()).map((result) => checkLine(result, options))
  return `${url === "" ? "" : `${url}\n\n`}${lines.join("")}\n${findingsText(examination, options)}`
}

/**
 * Returns a function that decides whether a report has a line for a result. The function must be called with
 * all results in their order. Without a URL, the checks of the server have no line, because none of them ran.
 */
export function listedChecks(): (result: CheckResult) => boolean {
  let hasUrl = true
  return ({ name, outcome }) => {
    if (name === "url") hasUrl = outcome !== "skipped"
    return hasUrl || outcome !== "skipped" || name === "url" || name === "delivery"
  }
}

/** Returns the report's line for one check. */
export function checkLine(result: CheckResult, options: ReportOptions = {}): string {
  const { title, note } = result
  const { width = 80 } = options
  const mark = markOf(result)
  const head = `  ${painted(marks[mark], mark, options)} ${title.padEnd(titleWidth)} `
  const lines = wrapped(note, width - titleWidth - 6)
  const text = lines.join(`\n${" ".repeat(titleWidth + 5)}`)
  return `${head}${mark === "skipped" ? painted(text, mark, options) : text}\n`
}

/** Returns the report's part after the checks: the findings with their fixes, and their number. */
export function findingsText({ findings }: Examination, options: ReportOptions = {}): string {
  if (findings.length === 0) return "Nothing is wrong.\n"
  const texts = findings.map((finding) => findingText(finding, options))
  return `${texts.join("\n")}\n${summary(findings)}\n`
}

function findingText({ code, level, seen, why, fix }: Finding, options: ReportOptions): string {
  const { width = 80 } = options
  const row = (name: string, text: string) =>
    `  ${name.padEnd(6)}${wrapped(text, width - 8).join(`\n${" ".repeat(8)}`)}\n`
  const head = painted(`${marks[level]} ${code}`, level, options)
  return `${head}\n${row("Seen", seen)}${row("Why", why)}${row("Do", fix)}`
}

function summary(findings: readonly Finding[]): string {
  const levels: readonly FindingLevel[] = ["fault", "warning", "remark"]
  const parts = levels.flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length
    return count === 0 ? [] : [`${count} ${level}${count === 1 ? "" : "s"}`]
  })
  return `${parts.join(", ")}.`
}

/** Returns the mark of the worst finding. A check that blocks without a finding is marked as a fault. */
function markOf({ outcome, findings }: CheckResult): Mark {
  if (outcome !== "found") return outcome
  const levels = findings.map(({ level }) => level)
  if (levels.includes("fault") || levels.length === 0) return "fault"
  return levels.includes("warning") ? "warning" : "remark"
}

function painted(text: string, mark: Mark, { color = false }: ReportOptions): string {
  return color ? `\u001B[${colors[mark]}m${text}\u001B[0m` : text
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + word.length >= width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}
