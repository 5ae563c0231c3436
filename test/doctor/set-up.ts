import { expect } from "vitest"
import type { FindingCode } from "../../src/doctor/index.js"
import type { Skippable } from "../support/real-servers.js"
import { Stage, type StageExamineOptions } from "../support/doctor-stage.js"

/** A webhook that does not work, made for real, and what mends it. */
export interface SetUp {
  readonly name: string
  /** What the doctor has to find, and nothing else. */
  readonly code: FindingCode
  /** Breaks it. Resolves with what the examination is told, and with the fix of the finding. */
  arrange(stage: Stage, context: Skippable): Promise<Arranged>
  /** Whether time passes at Telegram by itself. */
  readonly isRealTime?: boolean
  /** Stand for the authorities that everybody trusts. */
  readonly authorities?: () => Promise<readonly string[]>
}

/** A set-up that is there. */
export interface Arranged {
  /** What the doctor is told. */
  readonly options?: StageExamineOptions
  /** The URL, where it is another one; `null` for none. */
  readonly url?: string | null
  /** Does what the finding says. */
  fix(): Promise<unknown>
  /** What the doctor is told afterwards, where it differs. */
  readonly optionsAfter?: StageExamineOptions
  readonly urlAfter?: string
  /** Words that the fix has to have. */
  readonly advice?: RegExp
  /** Whether Telegram tries to deliver while it is broken. Not by default. */
  readonly isWrittenTo?: boolean
}

/** The doctor names the fault of a set-up and nothing else, and is content when it is mended. */
export async function expectNamedAndMended(setUp: SetUp, context: Skippable): Promise<void> {
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
  const mended = await stage.examine(after, arranged.urlAfter ?? url, arranged.url === null)
  expect(mended.findings).toEqual([])
}
