import type { CallPlace } from "../ground/call-place.js"

/** A call that is about to be made, and its place in the program's source. */
export interface PlacedCall {
  readonly method: string
  readonly params: object | undefined
  readonly place: CallPlace
}
