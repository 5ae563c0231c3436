import type { StoredFile } from "../../world/file-store.js"
import { photoProblem } from "../../world/media/photo-sizes.js"
import { CallError } from "../../ground/call-error.js"
import { numberField, partError, reading, requiredTextField } from "../fields.js"
import { objectArgument } from "../json-argument.js"
import type { Call, MethodTable } from "../method.js"
import { requiredText } from "../required-argument.js"

/** Methods for the photo of the bot. */
export const profilePhotoMethods: MethodTable = { setMyProfilePhoto, removeMyProfilePhoto }

function setMyProfilePhoto(call: Call): true {
  const { bot, world } = call
  world.profiles.of(bot.me.id).photo = profilePhoto(call).id
  world.changes.announce({ kind: "bot", bot })
  return true
}

function removeMyProfilePhoto({ bot, world }: Call): true {
  const profile = world.profiles.of(bot.me.id)
  if (profile.photo === undefined) throw CallError.badRequest("PHOTO_ID_INVALID")
  profile.photo = undefined
  world.changes.announce({ kind: "bot", bot })
  return true
}

/** Stores the uploaded file of the parameter `photo`, an `InputProfilePhoto`. */
export function profilePhoto(call: Call): StoredFile {
  const { args, world } = call
  requiredText(args, "photo")
  const given = objectArgument(args, "photo", "InputProfilePhoto") ?? {}
  const { field, isStatic } = reading("Can't parse InputProfilePhoto", () => {
    const type = requiredTextField(given, "type")
    if (type !== "static" && type !== "animated") throw partError("Invalid photo type specified")
    numberField(given, "main_frame_timestamp")
    const name = type === "static" ? "photo" : "animation"
    return { field: requiredTextField(given, name), isStatic: type === "static" }
  })
  const uploaded = args.file(/^attach:\/\/(.*)$/s.exec(field)?.[1] ?? "")
  if (uploaded === undefined || uploaded.bytes.length === 0) {
    throw CallError.badRequest("profile photo must be uploaded as a file")
  }
  const problem = isStatic ? photoProblem(uploaded.bytes) : undefined
  if (problem !== undefined) throw CallError.badRequest(problem)
  return world.files.add("profile_photos", uploaded)
}
