import {
  flagField,
  numberField,
  requiredNumberField,
  requiredTextField,
  textField,
  type Fields,
} from "../fields.js"

/** The fields of a kind of result. */
interface ResultForm {
  readonly texts?: readonly string[]
  readonly numbers?: readonly string[]
  /** The optional fields that are numbers. */
  readonly sizes?: readonly string[]
  /** The beginning of the field with the file: `photo` has `photo_url` or `photo_file_id`. */
  readonly file?: string
  /** The fields that are required next to a URL only. */
  readonly withUrl?: readonly string[]
}

const place = ["latitude", "longitude"]
const size = (prefix: string) => [`${prefix}_width`, `${prefix}_height`, `${prefix}_duration`]

/** The form of each kind of result. */
export const resultForms: Readonly<Record<string, ResultForm>> = {
  article: { texts: ["title"] },
  audio: { file: "audio", withUrl: ["title"], sizes: ["audio_duration"] },
  contact: { texts: ["phone_number", "first_name"] },
  document: { texts: ["title"], file: "document", withUrl: ["mime_type"] },
  game: { texts: ["game_short_name"] },
  gif: { file: "gif", sizes: size("gif") },
  location: { numbers: place, texts: ["title"], sizes: ["horizontal_accuracy", "live_period"] },
  mpeg4_gif: { file: "mpeg4", sizes: size("mpeg4") },
  photo: { file: "photo", sizes: ["photo_width", "photo_height"] },
  sticker: { texts: ["sticker_file_id"] },
  venue: { numbers: place, texts: ["title", "address"] },
  video: { texts: ["title"], file: "video", withUrl: ["mime_type"], sizes: size("video") },
  voice: { texts: ["title"], file: "voice", sizes: ["voice_duration"] },
}

/** Checks the fields of a result. Throws Telegram's error for an invalid one. */
export function checkForm(result: Fields, form: ResultForm): void {
  const { texts = [], numbers = [], sizes = [], file, withUrl = [] } = form
  for (const name of ["caption", "parse_mode", "thumbnail_url"]) textField(result, name)
  flagField(result, "show_caption_above_media")
  for (const name of ["thumbnail_width", "thumbnail_height"]) numberField(result, name)
  for (const name of numbers) requiredNumberField(result, name)
  for (const name of texts) requiredTextField(result, name)
  for (const name of sizes) numberField(result, name)
  if (file === undefined) return
  if (textField(result, `${file}_url`) === "") requiredTextField(result, `${file}_file_id`)
  else for (const name of withUrl) requiredTextField(result, name)
}

// The contents of a result, each with the fields that tell it and the required ones.
const contents = [
  { has: ["message_text"], texts: ["message_text"] },
  { has: [...place, "title", "address"], numbers: place, texts: ["title", "address"] },
  { has: place, numbers: place, sizes: ["horizontal_accuracy", "live_period", "heading"] },
  { has: ["phone_number"], texts: ["phone_number", "first_name"] },
  { has: ["payload"], texts: ["title", "description", "payload", "currency"] },
]

/**
 * Checks the fields of an `InputMessageContent`. Throws Telegram's error for an invalid one. Returns
 * false for an object that is no content.
 */
export function checkInputContent(given: Fields): boolean {
  const form = contents.find(({ has }) => has.every((name) => isPresent(given[name])))
  if (form === undefined) return false
  checkForm(given, form)
  return true
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ""
}
