const drafts = new Map<string, string>()

/** Returns the unsent text of a chat or topic. */
export function draftOf(place: string): string {
  return drafts.get(place) ?? ""
}

/** Stores the unsent text of a chat or topic. */
export function keepDraft(place: string, text: string): void {
  if (text === "") drafts.delete(place)
  else drafts.set(place, text)
}
