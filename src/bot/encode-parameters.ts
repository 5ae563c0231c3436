import { type FormattedText, isFormattedText } from "../telegram/formatted-text.js"
import { InputFile } from "../telegram/input-file.js"
import { fieldOfMethod, fieldOfObject, type TextField } from "./text-fields.js"

/** A file to upload, with the name of its form field. */
export interface FilePart {
  readonly name: string
  /** The place of the file within the parameters, which errors name. */
  readonly path: string
  readonly file: InputFile
}

/** The encoded parameters of a call. */
export interface EncodedParameters {
  /** The fields that are written as JSON. They contain files only as `attach://` references. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The files from all depths of the parameters. */
  readonly files: readonly FilePart[]
}

/**
 * Encodes the parameters of a call without changing the given objects.
 *
 * Members that are `undefined` or `null` are left out at every depth, because Telegram reads `null` as a
 * text. In an array, leaving an element out would move the elements after it, so such an element is
 * refused, like all values that JSON cannot represent. An `InputFile` that is itself a parameter becomes a
 * form field with the parameter's name. An `InputFile` at a greater depth becomes a form field that the
 * parameter refers to as `attach://…`. A formatted text becomes its text, with its entities in the parameter
 * that Telegram has for them.
 *
 * @throws TypeError that names the refused parameter
 * @see https://core.telegram.org/bots/api#sending-files
 */
export function encodeParameters(method: string, params: object = {}): EncodedParameters {
  expectParameters(method, params)
  const encoder = new Encoder(method)
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    if (value instanceof InputFile) encoder.files.push({ name, path: name, file: value })
    else if (isTelegrafFile(value)) encoder.refuse(name, telegrafAdvice)
    else if (isFormattedText(value)) {
      encoder.writeText(
        { fields, given: params, name, path: name },
        value,
        fieldOfMethod(method, name),
      )
    } else if (!isAbsent(value)) fields[name] = encoder.encode(value, name, 0)
  }
  return { fields, files: encoder.files }
}

/** Throws a `TypeError` for parameters that are not an object, which a program in JavaScript may pass. */
export function expectParameters(method: string, params: unknown): void {
  if (typeof params === "object" && params !== null && !Array.isArray(params)) return
  const type = params === null ? "null" : `a ${typeof params}`
  throw new TypeError(
    `Expected the parameters of ${method} as one object, as in \`{ chat_id: 42, text: "Hello" }\`, got ${Array.isArray(params) ? "an array" : type}.`,
  )
}

/** Returns whether the parameters contain a stream, which can be sent only once. */
export function containsStream({ files }: EncodedParameters): boolean {
  return files.some(({ file }) => file.source.kind === "stream")
}

/** A member of parameters, or of an object in them, that is being encoded. */
interface Member {
  /** The encoded members. */
  readonly fields: Record<string, unknown>
  /** The object that is encoded. */
  readonly given: object
  /** The name of the member. */
  readonly name: string
  /** The path of the member within the parameters. */
  readonly path: string
}

/** The maximum depth of parameters. An object at a greater depth is taken for one that contains itself. */
const maxDepth = 200

/** An encoder of the parameters of one call, which collects the files in them. */
class Encoder {
  readonly files: FilePart[] = []
  /** The names of the form fields of files in nested objects. */
  readonly #attached = new Map<InputFile, string>()
  readonly #method: string

  constructor(method: string) {
    this.#method = method
  }

  /**
   * Returns the encoded copy of a value.
   *
   * @param path the path of the value within the parameters, which errors name
   */
  encode(value: unknown, path: string, depth: number): unknown {
    if (typeof value === "string") return this.#text(value, path)
    if (typeof value === "boolean") return value
    if (typeof value === "number" && Number.isFinite(value)) return value
    if (typeof value === "bigint") return this.#integer(value, path)
    if (typeof value !== "object" || value === null) return this.refuse(path, String(value))
    if (value instanceof InputFile) return this.#attach(value, path)
    const advice = fileAdvice(value)
    if (advice !== undefined) return this.refuse(path, advice)
    if (depth > maxDepth) return this.refuse(path, "an object that contains itself")
    if (Array.isArray(value)) return this.#array(value, path, depth)
    if ("toJSON" in value && typeof value.toJSON === "function") {
      return this.encode(value.toJSON(), path, depth + 1)
    }
    return this.#object(value, path, depth)
  }

  #text(value: string, path: string): string {
    if (!isFilePath(value) || !fileFields.has(path.slice(path.lastIndexOf(".") + 1))) return value
    throw new TypeError(
      `Expected the parameter \`${path}\` of ${this.#method} to be a file, a file_id or a URL, got ${JSON.stringify(value)}: for a file on this machine write \`InputFile.path(…)\`.`,
    )
  }

  #array(values: readonly unknown[], path: string, depth: number): unknown[] {
    // Array.from also visits holes, which JSON would write as null.
    return Array.from(values, (value, index) => this.encode(value, `${path}[${index}]`, depth + 1))
  }

  #object(value: object, path: string, depth: number): object {
    if (isFormattedText(value)) return this.#formattedElement(value, path)
    const copy: Record<string, unknown> = {}
    for (const [key, member] of Object.entries(value)) {
      if (isFormattedText(member)) {
        const place = { fields: copy, given: value, name: key, path: `${path}.${key}` }
        this.writeText(place, member, fieldOfObject(path, key))
      } else if (!isAbsent(member)) copy[key] = this.encode(member, `${path}.${key}`, depth + 1)
    }
    return copy
  }

  /** Writes a formatted text as its text and its entities. */
  writeText(member: Member, { text, entities }: FormattedText, field: TextField | undefined): void {
    const { fields, given, name, path } = member
    if (field === undefined) this.#refuseFormatting(path)
    for (const other of [field.mode, field.entities]) {
      if (!isAbsent(Reflect.get(given, other))) this.#refuseBoth(path, other)
    }
    fields[name] = text
    if (entities.length > 0) fields[field.entities] = this.encode(entities, path, 1)
  }

  /** Encodes a formatted text in place of an option of a poll, which is an object with a text. */
  #formattedElement({ text, entities }: FormattedText, path: string): object {
    const field = path.endsWith("]") ? fieldOfObject(path, "text") : undefined
    if (field === undefined) this.#refuseFormatting(path)
    return { text, [field.entities]: this.encode(entities, path, 1) }
  }

  #refuseFormatting(path: string): never {
    throw new TypeError(
      `Expected the parameter \`${path}\` of ${this.#method} to be a plain text, got a formatted text, which Telegram does not accept there.`,
    )
  }

  #refuseBoth(path: string, other: string): never {
    throw new TypeError(
      `Expected either a formatted text in \`${path}\` of ${this.#method} or \`${other}\`, got both.`,
    )
  }

  #attach(file: InputFile, path: string): string {
    const existing = this.#attached.get(file)
    const name = existing ?? `file${this.#attached.size}`
    if (existing === undefined) {
      this.#attached.set(file, name)
      this.files.push({ name, path, file })
    }
    return `attach://${name}`
  }

  /**
   * Converts a BigInt to a number: databases return 64-bit ids as BigInt, and ids of Telegram have at most
   * 52 bits.
   */
  #integer(value: bigint, path: string): number {
    const number = Number(value)
    if (Number.isSafeInteger(number)) return number
    return this.refuse(path, `the BigInt ${value}n, which is too large for a number in JSON`)
  }

  /** Throws a `TypeError` with a description of a parameter that cannot be sent. */
  refuse(path: string, description: string): never {
    throw new TypeError(
      `Expected the parameter \`${path}\` of ${this.#method} to be a value that JSON can represent, got ${description}.`,
    )
  }
}

/** Returns a description, with advice, of an object with bytes of a file; `undefined` for any other object. */
function fileAdvice(value: object): string | undefined {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return "bytes; use InputFile.bytes()"
  // In place of `instanceof Response`, for which Node would load the whole of `fetch`.
  const type: unknown = Reflect.get(value, Symbol.toStringTag)
  if (type === "Blob" || type === "File") return "a Blob; use InputFile.stream(blob.stream())"
  if (type === "Response") return "a Response; use InputFile.stream(response.body)"
  const isStream = "getReader" in value || "pipe" in value || Symbol.asyncIterator in value
  return isStream ? "a stream; use InputFile.stream()" : undefined
}

/** The names of parameters, and of their members, whose value is a file, a `file_id` or a URL. */
const fileFields = new Set(
  "animation audio certificate cover document media photo sticker thumbnail video video_note voice".split(
    " ",
  ),
)

/** Returns whether a text is the path of a local file: it has a form that no `file_id` and no URL has. */
function isFilePath(text: string): boolean {
  if (text.length > 1_000) return false
  return (
    /^(?:\.{0,2}|~|[a-z]:)[/\\]/i.test(text) ||
    /^[^/:]+\.(?:jpe?g|png|gif|webp|mp[34]|og[ga]|pdf|txt|csv|zip)$/i.test(text)
  )
}

const telegrafAdvice =
  "an object with `source`, as Telegraf takes files; use InputFile.path(), .stream() or .bytes()"

function isTelegrafFile(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "source")
}

/**
 * Returns whether a member is left out. Functions are left out, as `JSON.stringify` does: keyboard builders
 * that are passed as parameters have methods.
 */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "function"
}
