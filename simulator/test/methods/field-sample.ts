import type { MethodStage, Parameters } from "./valid-calls.js"

/** An object in a parameter, to which each further field is added in turn. */
export interface FieldSample {
  /** The required fields. */
  readonly base: Parameters
  /** Values for the other fields. */
  readonly values: Parameters
  /** Makes a call with the object. Resolves with everything that the bot or a person sees of it. */
  readonly see: (stage: MethodStage, object: Parameters) => Promise<unknown>
}

/** Returns a sample. */
export function sample(
  see: FieldSample["see"],
  base: Parameters,
  values: Parameters = {},
): FieldSample {
  return { base, values, see }
}

/** The fields of a caption. */
export const caption = {
  caption: "Look",
  parse_mode: "MarkdownV2",
  caption_entities: [{ type: "italic", offset: 0, length: 2 }],
}
/** The field that moves a caption above its file. */
export const above = { show_caption_above_media: true }

/** A place. */
export const place = { latitude: 1, longitude: 2 }

/** A venue. */
export const venue = { ...place, title: "Tea", address: "1 Road" }

/** The optional fields of a venue. */
export const venueIds = {
  foursquare_id: "a",
  foursquare_type: "b",
  google_place_id: "c",
  google_place_type: "d",
}
