import type { StateDelete, StateKey, StateStore } from "../../queue/state-store.js"

/** The attempts of a promised call whose outcome is known, as they are stored. */
export interface KnownAttempts {
  /** The number of the last attempt with a known outcome. The process of a later attempt has died meanwhile. */
  readonly attempt: number
  /** The number of attempts after which the call was made again although its outcome was unknown. */
  readonly unsure: number
  /** The time of the put, by which the attempts before and after a replay differ. */
  readonly receivedAt: number
}

/** The namespace of these values in the state. */
const space = "sounder outbox"
/** The time for which these values are stored, in milliseconds: longer than any wait for a next attempt. */
const ttlMs = 30 * 24 * 3_600_000

/** A store for the attempts of one promised call. A store is needed only after a first attempt. */
export class KnownAttemptsStore {
  readonly #state: StateStore
  readonly #key: StateKey
  readonly #receivedAt: number

  /** @param call.receivedAt the time of the put, in milliseconds since 1970 */
  constructor(
    state: StateStore,
    call: { readonly botId: number; readonly updateId: number; readonly receivedAt: number },
  ) {
    this.#state = state
    this.#key = { botId: call.botId, space, key: `${call.updateId}` }
    this.#receivedAt = call.receivedAt
  }

  /** Resolves with the known attempts; their number is 0 if nothing is stored for this put. */
  async read(): Promise<KnownAttempts> {
    const none = { attempt: 0, unsure: 0, receivedAt: this.#receivedAt }
    const [entry] = await this.#state.read([this.#key])
    // `write` has stored the text.
    const known = entry && (JSON.parse(entry.json) as KnownAttempts)
    return known?.receivedAt === this.#receivedAt ? known : none
  }

  /** The write that removes the stored value. */
  get removal(): StateDelete {
    return { kind: "delete", key: this.#key }
  }

  /** Stores that the outcome of an attempt is known. */
  write(known: Pick<KnownAttempts, "attempt" | "unsure">): Promise<void> {
    const json = JSON.stringify({ ...known, receivedAt: this.#receivedAt })
    const expiresAt = Date.now() + ttlMs
    return this.#state.write([{ kind: "set", key: this.#key, json, expiresAt }])
  }
}
