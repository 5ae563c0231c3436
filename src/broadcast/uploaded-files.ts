import { InputFile } from "../telegram/input-file.js"

/** A file, as Telegram returns it in a message. */
interface StoredFile {
  readonly file_id?: unknown
}

/**
 * The files of a broadcast: each is uploaded once, and sent to all further recipients by its `file_id`. A file
 * is identified by its path, URL, bytes or stream, and by the name of the parameter. Files within albums are
 * uploaded each time.
 */
export class UploadedFiles {
  readonly #named = new Map<string, Promise<string | undefined>>()
  readonly #objects = new WeakMap<object, Promise<string | undefined>>()

  /**
   * Makes a call with the ids of its files that have been uploaded. While a file is uploaded for the first time, other
   * calls with the file wait.
   */
  async call(params: object, makeCall: (params: object) => Promise<unknown>): Promise<unknown> {
    const [name, file] =
      Object.entries(params).find(([, value]) => value instanceof InputFile) ?? []
    if (name === undefined || !(file instanceof InputFile)) return makeCall(params)
    for (let known = this.#known(name, file); known; known = this.#known(name, file)) {
      const id = await known
      if (id !== undefined) return this.call({ ...params, [name]: id }, makeCall)
      // The upload has failed, and another call may have begun the next one meanwhile.
      if (this.#known(name, file) === known) this.#set(name, file, undefined)
    }
    const message = makeCall(params)
    const uploaded = message.then((result) => fileId(result, name)).catch(() => undefined)
    this.#set(name, file, uploaded)
    return message
  }

  #known(name: string, { source, filename }: InputFile): Promise<string | undefined> | undefined {
    if (source.kind === "bytes") return this.#objects.get(source.bytes)
    if (source.kind === "stream") return this.#objects.get(source.stream)
    return this.#named.get(keyOf(name, source, filename))
  }

  #set(name: string, file: InputFile, uploaded: Promise<string | undefined> | undefined): void {
    const { source, filename } = file
    if (source.kind === "bytes" || source.kind === "stream") {
      const object = source.kind === "bytes" ? source.bytes : source.stream
      if (uploaded) this.#objects.set(object, uploaded)
      else this.#objects.delete(object)
    } else if (uploaded) this.#named.set(keyOf(name, source, filename), uploaded)
    else this.#named.delete(keyOf(name, source, filename))
  }
}

function keyOf(
  name: string,
  source:
    | { readonly kind: "path"; readonly path: string }
    | { readonly kind: "url"; readonly url: URL },
  filename: string,
): string {
  return JSON.stringify([name, source.kind === "path" ? source.path : source.url.href, filename])
}

/** Returns the id of the file that a message has in a field; `undefined` if there is none. */
function fileId(message: unknown, field: string): string | undefined {
  if (typeof message !== "object" || message === null) return undefined
  // The value comes from Telegram.
  const value = new Map(Object.entries(message)).get(field) as StoredFile | StoredFile[] | undefined
  // A photo is a list of its sizes, the largest last.
  const id = Array.isArray(value) ? value.at(-1)?.file_id : value?.file_id
  return typeof id === "string" ? id : undefined
}
