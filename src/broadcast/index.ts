/** One message to very many chats, which survives crashes and keeps to Telegram's limits. */
export { broadcast, type Broadcast } from "./broadcast.js"
export type {
  BroadcastCall,
  BroadcastFunction,
  BroadcastMethod,
  BroadcastOptions,
  BroadcastRecipient,
  Recipients,
  StartBroadcastOptions,
} from "./broadcast-options.js"
export type { BroadcastAt, BroadcastPlace } from "./broadcast-place.js"
export type { BroadcastRun } from "./broadcast-run.js"
export type {
  BroadcastEntry,
  BroadcastOutcome,
  BroadcastProgress,
  BroadcastStatus,
} from "./progress.js"
