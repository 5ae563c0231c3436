const drafts = new Map<string, string>()

/** What was being written in a chat, or in a topic of it, when it was left. */
export function draftOf(place: string): string {
  return drafts.get(place) ?? ""
}

/** Keeps what is being written. */
export function keepDraft(place: string, text: string): void {
  if (text === "") drafts.delete(place)
  else drafts.set(place, text)
}
