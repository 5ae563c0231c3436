/** The updates that wait at Telegram, or arrive while a bot polls. */
export interface Workload {
  readonly updates: number
  readonly chats: number
  /** The number of chats that share half of the updates. */
  readonly hotChats: number
  /** The minimum and maximum time of a handler, in milliseconds. */
  readonly workMs: readonly [number, number]
  /** The number of new updates per second; 0 if all wait at the start. */
  readonly perSecond: number
}

/** One update of a workload. */
export interface Planned {
  readonly chat: number
  readonly workMs: number
  /** The time of its arrival, in milliseconds from the start. */
  readonly dueMs: number
}

/** Returns the updates of a workload, which are the same in every process. */
export function plan(workload: Workload): Planned[] {
  const random = randomOf(20_260_730)
  const { updates, chats, hotChats, perSecond, workMs } = workload
  return Array.from({ length: updates }, (_, index) => {
    // The busy chats take turns, so that each gets the same number.
    const isHot = hotChats > 0 && index % 2 === 0
    const chat = isHot
      ? 1 + ((index / 2) % hotChats)
      : 1 + hotChats + Math.floor(random() * (chats - hotChats))
    const took = workMs[0] + random() * (workMs[1] - workMs[0])
    return {
      chat,
      workMs: Math.round(took),
      dueMs: perSecond === 0 ? 0 : (index * 1000) / perSecond,
    }
  })
}

/**
 * Returns the shortest possible time of the work, in milliseconds: no chat has two handlers at a
 * time.
 */
export function leastMs(planned: readonly Planned[]): number {
  const freeAt = new Map<number, number>()
  for (const { chat, workMs, dueMs } of planned) {
    freeAt.set(chat, Math.max(freeAt.get(chat) ?? 0, dueMs) + workMs)
  }
  return Math.max(...freeAt.values())
}

/** Returns Park and Miller's random number generator. */
function randomOf(seed: number): () => number {
  let state = seed % 2_147_483_647
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
