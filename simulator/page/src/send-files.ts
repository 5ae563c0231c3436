import { store } from "./page-store.js"
import { act, base64Of } from "./server.js"
import type { WritingPlace } from "./writing-place.js"

/** The kinds of message that a file makes. */
export type FileKind = "photo" | "video" | "audio" | "voice" | "document"

/** The maximum number of files in an album. */
const albumSize = 10

/** Returns the kind of message that a file makes. */
export function kindOf({ type }: File, asFile: boolean): FileKind {
  if (asFile) return "document"
  const [family] = type.split("/")
  if (family === "video" || family === "audio") return family
  return family === "image" && type !== "image/svg+xml" ? "photo" : "document"
}

/**
 * Sends a file as a message, several files as albums.
 *
 * @param caption the caption of the first message
 */
export async function sendFiles(
  place: WritingPlace,
  files: readonly File[],
  { caption = "", asFiles = false }: { readonly caption?: string; readonly asFiles?: boolean } = {},
): Promise<void> {
  let left = caption
  for (const group of groupsOf(files, asFiles)) {
    const written = await Promise.all(group.map((file) => writtenOf(file, kindOf(file, asFiles))))
    const [first = {}, ...others] = written
    const captioned = { ...first, ...(left !== "" && { caption: left }) }
    left = ""
    const who = { as: store.state.me, ...place }
    if (others.length === 0) await act("send", { ...who, ...captioned })
    else await act("sendAlbum", { ...who, files: [captioned, ...others] })
  }
}

/** Sends a recording as a voice message. */
export async function sendVoice(place: WritingPlace, voice: Blob): Promise<void> {
  await act("send", {
    as: store.state.me,
    ...place,
    voice: await base64Of(voice),
    mime_type: voice.type,
  })
}

/** Sends a file as a sticker. */
export async function sendSticker(place: WritingPlace, file: File): Promise<void> {
  await act("send", { as: store.state.me, ...place, ...(await writtenOf(file, "sticker")) })
}

async function writtenOf(file: File, kind: FileKind | "sticker"): Promise<object> {
  const content = { [kind]: await base64Of(file), file_name: file.name }
  return file.type === "" ? content : { ...content, mime_type: file.type }
}

/** Groups files into albums: Telegram mixes photos with videos, and no other kinds. */
function groupsOf(files: readonly File[], asFiles: boolean): File[][] {
  const groups: { readonly kind: string; readonly files: File[] }[] = []
  for (const file of files) {
    const own = kindOf(file, asFiles)
    const kind = own === "video" ? "photo" : own
    const last = groups.at(-1)
    if (last?.kind === kind && last.files.length < albumSize) last.files.push(file)
    else groups.push({ kind, files: [file] })
  }
  return groups.map((group) => group.files)
}
