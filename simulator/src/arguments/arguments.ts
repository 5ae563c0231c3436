/** A file that came with a call. */
export interface UploadedFile {
  readonly name: string
  /** Its media type as it was sent. */
  readonly type: string
  readonly bytes: Buffer
}

/**
 * The parameters of a call, all of them text, and its files. The first occurrence of a name counts.
 */
export class Arguments {
  /** Whether a text among them is no UTF-8: Telegram refuses such a call. */
  hasBrokenText = false
  readonly #values = new Map<string, string>()
  readonly #files = new Map<string, UploadedFile>()

  /** Adds a parameter, unless there is one of that name. */
  add(name: string, value: string): void {
    if (!this.#values.has(name)) this.#values.set(name, value)
  }

  /** Adds a file, unless there is one of that name. */
  addFile(name: string, file: UploadedFile): void {
    if (!this.#files.has(name)) this.#files.set(name, file)
  }

  /** A parameter as it was sent; empty where it is absent. */
  text(name: string): string {
    return this.#values.get(name) ?? ""
  }

  /** Whether a parameter was sent. */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** The names of all parameters and files. */
  *names(): Iterable<string> {
    yield* this.#values.keys()
    yield* this.#files.keys()
  }

  /** The length of all parameters together, in characters. */
  get characters(): number {
    let characters = 0
    for (const value of this.#values.values()) characters += value.length
    return characters
  }

  /** The leading digits of a parameter, 0 for anything else, kept between `min` and `max`. */
  integer(name: string, usual: number, min: number, max: number): number {
    const text = this.text(name)
    if (text === "") return usual
    const digits = /^\s*-?\d+/.exec(text)?.[0]
    return Math.min(Math.max(Number(digits ?? 0), min), max)
  }

  /** True for `true`, `yes` and `1`. */
  flag(name: string): boolean {
    return ["true", "yes", "1"].includes(this.text(name).trim().toLowerCase())
  }

  /** A parameter read as JSON; `undefined` where it is absent, empty or broken. */
  json(name: string): unknown {
    try {
      return JSON.parse(this.text(name))
    } catch {
      return undefined
    }
  }

  /** The file of a name, also where the parameter points to it with `attach://`. */
  file(name: string): UploadedFile | undefined {
    const pointer = /^attach:\/\/(.*)$/s.exec(this.text(name))?.[1]
    return this.#files.get(pointer ?? name)
  }

  /** All parameters by name, for whoever watches; a file stands as its name and size. */
  toJSON(): Record<string, string> {
    const shown = Object.fromEntries(this.#values)
    for (const [name, file] of this.#files)
      shown[name] ??= `${file.name} (${file.bytes.length} bytes)`
    return shown
  }
}
