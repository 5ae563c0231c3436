import type { PhotoSize } from "@grammyjs/types"
import type { Arguments } from "../../arguments/arguments.js"
import { photoOf, type MediaFacts } from "../../world/media/stored-media.js"
import type { MediaField } from "../../world/media/media-types.js"
import type { Call } from "../method.js"
import { fileOf } from "./file-argument.js"

const maxInteger = 2 ** 31 - 1

/**
 * Returns the facts that a sender states about a file: size, duration, thumbnail.
 *
 * @param stated the parameters of a call, or the fields of an `InputMedia`
 */
export async function factsArgument(
  call: Call,
  field: MediaField,
  stated: Arguments,
): Promise<MediaFacts> {
  const numbers = ["width", "height", "duration"].filter((name) => stated.text(name) !== "")
  const texts = ["performer", "title", "emoji"].filter((name) => stated.text(name) !== "")
  const length = stated.integer("length", 0, 0, 640)
  const thumbnail = thumbnailOf(call, stated)
  const start_timestamp = stated.integer("start_timestamp", 0, 0, maxInteger)
  const still = field === "live_photo" ? await stillOf(call, stated) : undefined
  const cover = field === "video" ? await coverOf(call, stated) : undefined
  return {
    ...Object.fromEntries(numbers.map((name) => [name, stated.integer(name, 0, 0, maxInteger)])),
    ...(length > 0 && { width: length }),
    ...Object.fromEntries(texts.map((name) => [name, stated.text(name)])),
    ...(thumbnail && { thumbnail }),
    ...(cover && { cover }),
    ...(still && { still }),
    ...(start_timestamp > 0 && { start_timestamp }),
  }
}

// A thumbnail counts only if it is uploaded with its file. The parameter's name from before 2022
// still works.
function thumbnailOf({ args, world }: Call, stated: Arguments): PhotoSize | undefined {
  for (const name of ["thumbnail", "thumb"]) {
    const pointer = /^attach:\/\/(.*)$/s.exec(stated.text(name))?.[1]
    const uploaded = pointer === undefined ? stated.file(name) : args.file(pointer)
    if (uploaded === undefined || uploaded.bytes.length === 0) continue
    return photoOf(world.files.add("thumbnails", uploaded)).at(-1)
  }
  return undefined
}

async function stillOf(call: Call, stated: Arguments): Promise<PhotoSize[]> {
  return photoOf(await fileOf(call, "photo", { given: stated.text("photo"), name: "photo" }))
}

async function coverOf(call: Call, stated: Arguments): Promise<PhotoSize[] | undefined> {
  const coverValue = stated.text("cover")
  if (coverValue === "" && stated.file("cover") === undefined) return undefined
  return photoOf(await fileOf(call, "photo", { given: coverValue, name: "cover" }))
}
