import type { Finding } from "./finding.js"
import type { Evidence } from "./evidence.js"

/** The names of the doctor's checks, in the order of the report. */
export type CheckName =
  | "token"
  | "webhook"
  | "pollers"
  | "url"
  | "dns"
  | "connection"
  | "tls"
  | "tls-versions"
  | "certificate"
  | "answer"
  | "secret"
  | "encoding"
  | "body"
  | "keep-alive"
  | "clock"
  | "delivery"

/** The result of a check's `judge`. */
export interface Verdict {
  /** The observation in a few words, for the check's line in the report. */
  readonly note: string
  /** The findings of the check; empty if all is well. */
  readonly findings: readonly Finding[]
  /** True to skip the checks that need this one. Default: true if `findings` contains a fault. */
  readonly blocks?: boolean
  /** True if the check could not decide; `note` has the reason. Default: false. */
  readonly isUndecided?: boolean
}

/**
 * A check of the doctor. Network and judgement are separate: `look` does the I/O and collects evidence,
 * `judge` is a pure function of the evidence.
 */
export interface Check {
  /** The name of the check, for programs. */
  readonly name: CheckName
  /** The name of the check, for a person. */
  readonly title: string
  /** The checks without which this one cannot run: if one of them blocks, this check is skipped. */
  readonly needs: readonly CheckName[]
  /** Returns the reason to skip the check; `undefined` to run it. */
  readonly skipReason?: (evidence: Evidence) => string | undefined
  /** Resolves with new evidence. Does not reject for failures of the network or the other side. */
  readonly look?: (evidence: Evidence) => Promise<Partial<Evidence>>
  /**
   * Returns the verdict on the evidence.
   *
   * @param earlier the findings of the checks before this one
   */
  readonly judge: (evidence: Evidence, earlier: readonly Finding[]) => Verdict
}

/** Returns the verdict of a check that found no defect. */
export function passed(note: string): Verdict {
  return { note, findings: [] }
}

/** Returns the verdict of a check that could not decide. */
export function undecided(reason: string): Verdict {
  return { note: reason, findings: [], isUndecided: true }
}

/** Returns a verdict with findings. */
export function withFindings(note: string, ...findings: Finding[]): Verdict {
  return { note, findings }
}

/** Returns true if the checks that need the judged one have to be skipped. */
export function isBlocking({ blocks, findings }: Verdict): boolean {
  return blocks ?? findings.some(({ level }) => level === "fault")
}
