/** The relation of a bot to its manager, which is another bot, and to its owner, a person. */
export interface Management {
  readonly managerId: number
  readonly ownerId: number
  /** Whether only the owner and the added people can write to the bot. */
  readonly isRestricted: boolean
  /** The ids of the added people. */
  readonly addedIds: readonly number[]
}
