import { InputFile } from "../../telegram/input-file.js"
import type { PromisedCall, PromisedFile } from "../../telegram/promised-call.js"

/** Returns the parameters of a promised call, with its files. */
export function restoredParameters({ params, files = [] }: PromisedCall): object {
  if (files.length === 0) return params
  const byName = new Map(files.map((file) => [file.reference, inputFile(file)]))
  return restoredMembers(params, byName)
}

function inputFile({ source, filename }: PromisedFile): InputFile {
  return "path" in source
    ? InputFile.path(source.path, { filename })
    : InputFile.url(source.url, { filename })
}

/** Returns a copy of an object, with files in place of their references. */
function restoredMembers(value: object, files: ReadonlyMap<string, InputFile>): object {
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, restore(part, files)]))
}

function restore(value: unknown, files: ReadonlyMap<string, InputFile>): unknown {
  if (typeof value === "string") return files.get(value) ?? value
  if (Array.isArray(value)) return value.map((element) => restore(element, files))
  return typeof value === "object" && value !== null ? restoredMembers(value, files) : value
}
