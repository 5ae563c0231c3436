/** The presses of buttons that no call has answered, each as the text of {@link pressText}. */
const unanswered = new Set<string>()

/** Adds a press to the unanswered presses. */
export function openPress(botId: number, queryId: string): void {
  unanswered.add(pressText(botId, queryId))
}

/** Removes a press. Returns whether no call of the bot has answered it since {@link openPress}. */
export function closePress(botId: number, queryId: string): boolean {
  return unanswered.delete(pressText(botId, queryId))
}

/** Removes the press that a call answers, if the call answers a press. */
export function notePressAnswer(botId: number, method: string, params: object | undefined): void {
  if (method !== "answerCallbackQuery" || unanswered.size === 0 || !params) return
  unanswered.delete(pressText(botId, String(Reflect.get(params, "callback_query_id"))))
}

function pressText(botId: number, queryId: string): string {
  return `${botId} ${queryId}`
}
