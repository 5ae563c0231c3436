import { expect } from "vitest"
import type { FindingCode } from "../../src/doctor/index.js"
import type { Skippable } from "../support/leave-out.js"
import { Stage, type StageExamineOptions } from "../support/doctor-stage.js"

/** A faulty webhook with real parts, and its fix. */
export interface SetUp {
  readonly name: string
  /** The only finding that the doctor must report. */
  readonly code: FindingCode
  /** Breaks the webhook. Resolves with the options of the examination, and with the fix. */
  arrange(stage: Stage, context: Skippable): Promise<Arranged>
  /** Whether Telegram's clock runs by itself. */
  readonly isRealTime?: boolean
  /** Stand-ins for the publicly trusted authorities. */
  readonly authorities?: () => Promise<readonly string[]>
}

/** A faulty webhook. */
export interface Arranged {
  /** The options of the examination. */
  readonly options?: StageExamineOptions
  /** The URL, if it is another one; `null` for none. */
  readonly url?: string | null
  /** Applies the fix of the finding. */
  fix(): Promise<unknown>
  /** The options of the examination after the fix, if they differ. */
  readonly optionsAfter?: StageExamineOptions
  readonly urlAfter?: string
  /** A pattern that the fix has to match. */
  readonly advice?: RegExp
  /** Whether Telegram tries to deliver before the fix. Default: false. */
  readonly isWrittenTo?: boolean
}

/** Checks that the doctor reports only the fault of a set-up, and nothing after the fix. */
export async function expectNamedAndFixed(setUp: SetUp, context: Skippable): Promise<void> {
  const authorities = await setUp.authorities?.()
  await using stage = await Stage.open({ authorities, isRealTime: setUp.isRealTime })
  const arranged = await setUp.arrange(stage, context)
  const options = { ...arranged.options, ...(authorities && { authorities }) }
  if (arranged.isWrittenTo === true) await stage.write()
  const url = arranged.url === null ? undefined : (arranged.url ?? undefined)
  const { findings } = await stage.examine(options, url, arranged.url === null)
  expect(findings.map(({ code }) => code)).toEqual([setUp.code])
  if (arranged.advice) expect(findings[0]?.fix).toMatch(arranged.advice)
  await arranged.fix()
  if (arranged.isWrittenTo === true) await stage.delivered()
  const after = { ...options, ...arranged.optionsAfter }
  const fixed = await stage.examine(after, arranged.urlAfter ?? url, arranged.url === null)
  expect(fixed.findings).toEqual([])
}
