import type { File } from "@grammyjs/types"
import type { StoredFile } from "../../world/file-store.js"

/** Returns the result of `getFile` for a file. */
export function fileView({ id, uniqueId, bytes, path }: StoredFile): File {
  return { file_id: id, file_unique_id: uniqueId, file_size: bytes.length, file_path: path }
}
