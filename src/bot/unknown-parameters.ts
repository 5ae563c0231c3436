import type { AdviceLog } from "../ground/advice-log.js"
import { similarName } from "../ground/similar-name.js"
import { isFormattedText } from "../telegram/formatted-text.js"
import type { PlacedCall } from "./placed-call.js"

/** Names, separated by spaces, by the name of a method or of the member that has the objects. */
type NameLists = Readonly<Record<string, string | undefined>>

/** The maximum depth of the check, which ends it in an object that contains itself. */
const maxDepth = 20

/**
 * Logs advice about parameters, and about fields of the objects in them, that the Bot API does not have. Parameters of a
 * method that is newer than this version are not checked. The names are loaded at the first call, so that a bot in
 * production does not load them.
 */
export async function adviseOnNames(call: PlacedCall, advice: AdviceLog): Promise<void> {
  const { params, method } = call
  if (params === undefined) return
  const { parameterNames, memberNames } = await import("./parameter-names.generated.js")
  const known = Object.hasOwn(parameterNames, method) && (parameterNames as NameLists)[method]
  if (typeof known === "string") new NameCheck(call, advice, memberNames).check(params, known)
}

/** A check of the names in the parameters of one call. */
class NameCheck {
  readonly #call: PlacedCall
  readonly #advice: AdviceLog
  readonly #memberNames: NameLists

  constructor(call: PlacedCall, advice: AdviceLog, memberNames: NameLists) {
    this.#call = call
    this.#advice = advice
    this.#memberNames = memberNames
  }

  /**
   * Checks an object, and the objects in it.
   *
   * @param known the names that the object can have, separated by spaces
   * @param path the path of the object within the parameters; empty for the parameters themselves
   */
  check(object: object, known: string, path = "", depth = 0): void {
    const names = known.split(" ")
    for (const [name, value] of Object.entries(object)) {
      // The encoding leaves these values out.
      if (value === undefined || value === null || typeof value === "function") continue
      if (names.includes(name)) this.#checkInside(name, value, path, depth)
      else this.#warn(name, names, path)
    }
  }

  #checkInside(name: string, value: unknown, path: string, depth: number): void {
    if (depth > maxDepth || !Object.hasOwn(this.#memberNames, name)) return
    const known = this.#memberNames[name] ?? ""
    if (Array.isArray(value)) {
      for (const each of value) this.#checkInside(name, each, path, depth + 1)
    } else if (isPlain(value) && !isFormattedText(value)) {
      this.check(value, known, path ? `${path}.${name}` : name, depth + 1)
    }
  }

  #warn(name: string, names: readonly string[], path: string): void {
    const { method, place } = this.#call
    const at = place.line === undefined ? "" : ` at ${place.line}`
    const owner = path ? `field \`${name}\` in \`${path}\`` : `parameter \`${name}\``
    const similar = similarName(name, names)
    const fix = similar
      ? `Did you mean \`${similar}\`?`
      : "Telegram ignores names that it does not know"
    this.#advice.warnOnce(`Unknown ${owner} of ${method}${at}. ${fix}`)
  }
}

/** Returns whether a value is an object with members of its own: no file, no date and no object of a library. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
