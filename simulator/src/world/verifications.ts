/** The verification of a person or a chat by the bot of an organization. */
export interface Verification {
  /** The id of the bot. */
  readonly botId: number
  /** The description; empty for the organization's usual one. */
  readonly description: string
}

/** The verified people and chats of a world, by their id. */
export class Verifications {
  readonly #all = new Map<number, Verification>()

  /** Returns the verification of a person or a chat. */
  of(id: number): Verification | undefined {
    return this.#all.get(id)
  }

  /** Verifies a person or a chat, in place of another organization. */
  set(id: number, verification: Verification): void {
    this.#all.set(id, verification)
  }

  /** Removes the verification of a person or a chat. */
  delete(id: number): void {
    this.#all.delete(id)
  }

  /** Returns all verifications as JSON data. */
  toJSON(): [number, Verification][] {
    return [...this.#all]
  }

  /** Restores saved verifications. */
  restore(saved: readonly (readonly [number, Verification])[]): void {
    for (const [id, verification] of saved) this.#all.set(id, verification)
  }
}
