/** A file that came with a call. */
export interface UploadedFile {
  readonly name: string
  /** The media type that the client sent. */
  readonly type: string
  readonly bytes: Buffer
}

/**
 * The parameters of a call, all as text, and its files. If a name occurs twice, the first value
 * counts.
 */
export class Arguments {
  /** Whether a parameter is not valid UTF-8; Telegram refuses such a call. */
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

  /** Returns a parameter as it was sent; an empty text if it is missing. */
  text(name: string): string {
    return this.#values.get(name) ?? ""
  }

  /** Returns whether a parameter was sent. */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** Iterates over the names of all parameters and files. */
  *names(): Iterable<string> {
    yield* this.#values.keys()
    yield* this.#files.keys()
  }

  /** The names of the parameters that came as files. */
  get fileNames(): string[] {
    return [...this.#files.keys()]
  }

  /** The length of all parameters together, in characters. */
  get characters(): number {
    let characters = 0
    for (const value of this.#values.values()) characters += value.length
    return characters
  }

  /**
   * Returns the leading digits of a parameter, limited to `min` and `max`; 0 for any other text.
   */
  integer(name: string, usual: number, min: number, max: number): number {
    const text = this.text(name)
    if (text === "") return usual
    const digits = /^\s*-?\d+/.exec(text)?.[0]
    return Math.min(Math.max(Number(digits ?? 0), min), max)
  }

  /** Returns true if a parameter is `true`, `yes` or `1`. */
  flag(name: string): boolean {
    return ["true", "yes", "1"].includes(this.text(name).trim().toLowerCase())
  }

  /** Returns a parameter parsed as JSON; `undefined` if it is missing, empty or malformed. */
  json(name: string): unknown {
    try {
      return JSON.parse(this.text(name))
    } catch {
      return undefined
    }
  }

  /**
   * Returns the file of a parameter, including a file that the parameter references with
   * `attach://`.
   */
  file(name: string): UploadedFile | undefined {
    const pointer = /^attach:\/\/(.*)$/s.exec(this.text(name))?.[1]
    return this.#files.get(pointer ?? name)
  }

  /** Returns all parameters by name, for logs; a file appears as its name and size. */
  toJSON(): Record<string, string> {
    const parameters = Object.fromEntries(this.#values)
    for (const [name, file] of this.#files)
      parameters[name] ??= `${file.name} (${file.bytes.length} bytes)`
    return parameters
  }
}
