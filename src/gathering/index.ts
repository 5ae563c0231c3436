/** Messages that belong together, as one: albums, long pastes, and bursts. */
export {
  type AlbumHandlerOptions,
  type AlbumMessage,
  type AlbumOptions,
  albums,
  type Albums,
  type AlbumValues,
} from "./albums.js"
export { type BurstOptions, bursts } from "./bursts.js"
export type {
  GatheredContext,
  GatheredParts,
  Gatherer,
  GatheringOptions,
  TypedGatheringOptions,
} from "./gatherer.js"
export type { PartType } from "./gathering-form.js"
export { pastes, type PasteMessage, type PasteOptions, type PasteValues } from "./pastes.js"
