/**
 * Sessions: data that are stored between updates, and committed with the end of the update that changes them.
 */
export {
  botData,
  chatData,
  session,
  type Session,
  type SessionOptions,
  userData,
} from "./session.js"
export type { SessionAt } from "./session-at.js"
export type { SessionKey, SessionPlace } from "./session-key.js"
export type { SessionStore } from "./session-store.js"
