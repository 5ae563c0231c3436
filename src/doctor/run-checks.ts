import { type Check, type CheckName, isBlocking, type Verdict } from "./check.js"
import type { Finding } from "./finding.js"
import type { Evidence } from "./evidence.js"

/** The result of a check. */
export interface CheckResult {
  /** The name of the check, for programs. A name keeps its meaning in later versions. */
  readonly name: CheckName
  /** The name of the check, for a person. */
  readonly title: string
  /**
   * The outcome: `"ok"` if all is well, `"found"` if the check has findings or detected the consequence
   * of another check's finding, and `"skipped"` if the check did not run or could not decide.
   */
  readonly outcome: "ok" | "found" | "skipped"
  /** The observation in a few words, or the reason why there is none. */
  readonly note: string
  /** The findings of the check. */
  readonly findings: readonly Finding[]
}

/**
 * The decision whether a check runs. If `blocks` is true, the checks that need this check are skipped too.
 */
type Decision =
  | { readonly kind: "run" }
  | { readonly kind: "skip"; readonly reason: string; readonly blocks: boolean }

/**
 * The checks that found a fault or were skipped because of one, each with the title of the check that found
 * it.
 */
type Blocked = ReadonlyMap<CheckName, string>

/**
 * Runs checks one after the other, so that they do not disturb each other. If a check found a fault, the
 * checks that need it are skipped, so that one cause leads to one finding.
 *
 * @param evidence the evidence before the first check
 * @param report called after each check with its result and all evidence so far
 */
export async function runChecks(
  checks: readonly Check[],
  evidence: Evidence,
  report: (result: CheckResult, known: Evidence) => void,
): Promise<CheckResult[]> {
  const blocked = new Map<CheckName, string>()
  const results: CheckResult[] = []
  let known = evidence
  for (const check of checks) {
    const decision = decide(check, known, blocked)
    if (decision.kind === "skip") {
      const { blocks, reason } = decision
      if (blocks) blocked.set(check.name, reason)
      results.push(skipped(check, blocks ? `not examined: see ${reason}` : reason))
    } else {
      known = { ...known, ...(await check.look?.(known)) }
      const verdict = check.judge(
        known,
        results.flatMap(({ findings }) => findings),
      )
      if (isBlocking(verdict)) blocked.set(check.name, check.title)
      results.push(resultOf(check, verdict))
    }
    const result = results.at(-1)
    if (result) report(result, known)
  }
  return results
}

/** Decides whether a check runs. */
export function decide(
  { needs, skipReason }: Check,
  evidence: Evidence,
  blocked: Blocked,
): Decision {
  const missing = needs.map((name) => blocked.get(name)).find((reason) => reason !== undefined)
  if (missing !== undefined) return { kind: "skip", reason: missing, blocks: true }
  const reason = skipReason?.(evidence)
  return reason === undefined ? { kind: "run" } : { kind: "skip", reason, blocks: false }
}

function skipped({ name, title }: Pick<Check, "name" | "title">, reason: string): CheckResult {
  return { name, title, outcome: "skipped", note: reason, findings: [] }
}

function resultOf({ name, title }: Check, verdict: Verdict): CheckResult {
  const { note, findings, isUndecided = false } = verdict
  if (isUndecided) return skipped({ name, title }, note)
  // A verdict that blocks without a finding is the consequence of another check's finding.
  const isFound = findings.length > 0 || isBlocking(verdict)
  return { name, title, outcome: isFound ? "found" : "ok", note, findings }
}
