import type { CallPlace } from "../../ground/call-place.js"
import { jsonText } from "../../ground/json-text.js"

/** One operation of a run, for the comparison with another run. */
export interface TracedOperation {
  /** The kind and the name. */
  readonly key: string
  /** The parameters as text. */
  readonly detail: string
  /** The index of the segment. */
  readonly segment: number
  readonly place: CallPlace
}

/** Returns the parameters of a call as text; an empty text for parameters with a file. */
export function detailOf(params: object | undefined): string {
  try {
    return jsonText("params", params ?? null)
  } catch {
    return ""
  }
}
