import { type Check, type CheckName, isBlocking, type Verdict } from "./check.js"
import type { Finding } from "./finding.js"
import type { Sight } from "./sight.js"

/** What became of one check. */
export interface CheckResult {
  /** Stable name of the check. */
  readonly name: CheckName
  /** What a person calls it. */
  readonly title: string
  /**
   * Whether all was well, something is wrong or worth knowing, or it was not looked at. What is the
   * consequence of something else has no finding of its own.
   */
  readonly outcome: "ok" | "found" | "skipped"
  /** What was seen in a few words, or why nothing was. */
  readonly note: string
  /** What was found. */
  readonly findings: readonly Finding[]
}

type Step =
  | { readonly kind: "run" }
  | { readonly kind: "skip"; readonly reason: string; readonly blocks: boolean }

/** What stands between a check and what builds upon it, by the check that is blocked. */
type Blocked = ReadonlyMap<CheckName, string>

/**
 * Runs checks one after the other, so that they do not disturb each other. A check whose ground is
 * missing is left out, so that one cause makes one finding.
 *
 * @param report called with each result as it comes, and what is known by then
 */
export async function runChecks(
  checks: readonly Check[],
  sight: Sight,
  report: (result: CheckResult, known: Sight) => void,
): Promise<CheckResult[]> {
  const blocked = new Map<CheckName, string>()
  const results: CheckResult[] = []
  let known = sight
  for (const check of checks) {
    const step = nextStep(check, known, blocked)
    if (step.kind === "skip") {
      if (step.blocks) blocked.set(check.name, step.reason)
      results.push(skipped(check, step.blocks ? `not looked at: see ${step.reason}` : step.reason))
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

/** What is to be done about the next check. */
export function nextStep({ needs, spare }: Check, sight: Sight, blocked: Blocked): Step {
  const missing = needs.map((name) => blocked.get(name)).find((reason) => reason !== undefined)
  if (missing !== undefined) return { kind: "skip", reason: missing, blocks: true }
  const reason = spare?.(sight)
  return reason === undefined ? { kind: "run" } : { kind: "skip", reason, blocks: false }
}

function skipped({ name, title }: Check, reason: string): CheckResult {
  return { name, title, outcome: "skipped", note: reason, findings: [] }
}

function resultOf({ name, title }: Check, verdict: Verdict): CheckResult {
  const { note, findings } = verdict
  // What blocks without a finding of its own is the consequence of another.
  const isFound = findings.length > 0 || isBlocking(verdict)
  return { name, title, outcome: isFound ? "found" : "ok", note, findings }
}
