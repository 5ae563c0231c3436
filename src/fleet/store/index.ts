/**
 * Stores of the bots of a `Fleet`, with encrypted tokens, for one machine or many.
 *
 * @module
 */
export {
  BotStore,
  type BotListOptions,
  type BotRemoveOptions,
  type BotRenewal,
  type NewBot,
} from "./bot-store.js"
export type { BotState } from "./bot-table.js"
export { MemoryBotStore, type MemoryBotStoreOptions } from "./memory-bot-store.js"
export { PostgresBotStore, type PostgresBotStoreOptions } from "./postgres-bot-store.js"
export { SqliteBotStore, type SqliteBotStoreOptions } from "./sqlite-bot-store.js"
export { StoredBot } from "./stored-bot.js"
