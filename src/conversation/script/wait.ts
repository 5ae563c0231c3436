import type { Context } from "../../dispatch/context/context.js"
import { type Filter, typesOf } from "../../dispatch/filters/filter.js"
import type { PatternMatcher } from "../../dispatch/handlers/handler-entry.js"
import type { SchemaIssue } from "../../ground/standard-schema.js"
import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateType } from "../../telegram/update-facts.js"

/** A wait of a script. */
export interface Wait {
  readonly name: string | undefined
  readonly filter: Filter
  /** Returns the match for `ctx.match`. */
  readonly matchPattern: PatternMatcher | undefined
  /** Checks an update that the filter accepts. Default: the update is an answer. */
  readonly check: ((update: Update) => Promise<Checked>) | undefined
  readonly otherwise: ((ctx: Context, issues: readonly SchemaIssue[]) => unknown) | undefined
  /** In milliseconds; `Infinity` for none. */
  readonly timeoutMs: number
}

/** The result of a check: the output for the script, or the issues. */
export type Checked =
  | { readonly output: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

/** Returns whether the filter of a wait accepts an update. */
export function accepts({ filter }: Wait, update: Update): boolean {
  const type = updateType(update)
  const types: readonly (UpdateType | undefined)[] | undefined = typesOf(filter)
  return (!types || types.includes(type)) && filter(update)
}

/** Resolves with the output of an update for the script, or with the issues of an update that is not an answer. */
export async function checkAnswer(wait: Wait, update: Update): Promise<Checked> {
  if (update.update_id < 0 || !accepts(wait, update)) return { issues: [] }
  return wait.check ? wait.check(update) : { output: undefined }
}
