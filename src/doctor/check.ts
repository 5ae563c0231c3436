import type { Finding } from "./finding.js"
import type { Sight } from "./sight.js"

/** What can be looked at, in the order of the report. */
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

/** What a check has come to. */
export interface Verdict {
  /** What was seen, in a few words. */
  readonly note: string
  readonly findings: readonly Finding[]
  /** Whether what builds upon it cannot be looked at; where a fault was found, unless said. */
  readonly blocks?: boolean
}

/**
 * One thing to look at. Looking and judging are apart: `look` does what has to do with the network,
 * `judge` is a function of what has been seen.
 */
export interface Check {
  readonly name: CheckName
  /** What a person calls it. */
  readonly title: string
  /** What has to be in order before this can be looked at. */
  readonly needs: readonly CheckName[]
  /** Why there is nothing to look at; `undefined` where there is. */
  readonly spare?: (sight: Sight) => string | undefined
  /** Adds to what is known. Does not reject for what the other side does. */
  readonly look?: (sight: Sight) => Promise<Partial<Sight>>
  /** @param before what other checks have found */
  readonly judge: (sight: Sight, before: readonly Finding[]) => Verdict
}

/** Nothing to object to. */
export function fine(note: string): Verdict {
  return { note, findings: [] }
}

/** Something was found. */
export function found(note: string, ...findings: Finding[]): Verdict {
  return { note, findings }
}

/** Whether what builds upon a verdict cannot be looked at. */
export function isBlocking({ blocks, findings }: Verdict): boolean {
  return blocks ?? findings.some(({ level }) => level === "fault")
}
