/**
 * The state of a person's message on its way to the bots of its chat:
 * - `unsent`: no bot gets the message
 * - `waiting`: a bot has not acknowledged its update
 * - `received`: the bots have acknowledged its updates
 * - `lost`: its updates were removed without an acknowledgement
 */
export type Receipt = "unsent" | "waiting" | "received" | "lost"
