import { errorText } from "../ground/error-text.js"
import { describeValue, expectInteger, unexpectedOption } from "../ground/expect-option.js"
import { expectJson } from "../ground/json-text.js"
import { Unhandleable } from "../dispatch/handlers/unhandleable.js"

/** Functions that convert stored data: each from its version to the next. */
export type Migrations = Readonly<Record<number, (old: never) => unknown>>

/** Data with the version of their structure, as the stored text contains them. */
interface VersionedData {
  readonly version: number
  readonly data: unknown
}

/** A codec between data and their stored text, which also contains the version of their structure. */
export class DataCodec<Data extends object> {
  readonly #name: string
  readonly #version: number
  readonly #migrations: Migrations
  readonly #owner: string

  /**
   * @param owner the owner of the data, for errors
   * @throws TypeError for a wrong option `version` or `migrate`
   */
  constructor(
    name: string,
    version: number,
    migrations: Migrations,
    owner = `the session ${name}`,
  ) {
    if (typeof migrations !== "object" || migrations === null) {
      unexpectedOption("migrate", "an object of functions", migrations)
    }
    this.#name = name
    this.#version = expectInteger("version", version, 1, 1e9)
    this.#migrations = migrations
    this.#owner = owner
  }

  /**
   * Returns the text to store. Throws a `TypeError` with the place of a part that JSON cannot represent. Throws a
   * `TypeError` if the data are not an object, because no later update could read the text.
   */
  textOf(data: Data): string {
    expectJson(this.#name, data)
    // The type requires an object, but a program in JavaScript may store any value.
    const value: unknown = data
    if (typeof value !== "object" || value === null) {
      throw new TypeError(`Expected ${this.#name} to be an object, got ${describeValue(value)}.`)
    }
    // One call returns a flat string. A concatenated string would be copied once more when it is stored.
    return JSON.stringify({ version: this.#version, data })
  }

  /**
   * Returns the data of a stored text, in this version. Throws an {@link Unhandleable} if they cannot be read
   * or converted.
   */
  parse(text: string): Data {
    return this.read(JSON.parse(text))
  }

  /**
   * Returns the data of a parsed text, in this version. Throws an {@link Unhandleable} if they cannot be read
   * or converted.
   */
  read(value: unknown): Data {
    try {
      // The value is one that `textOf` has returned, in this version of the program or another one.
      let { version, data } = value as VersionedData
      if (version > this.#version) {
        throw new TypeError(`they have version ${version}, and this program knows ${this.#version}`)
      }
      for (; version < this.#version; version += 1) data = this.#migrate(version, data)
      if (typeof data !== "object" || data === null) throw new TypeError("they are not an object")
      return data as Data
    } catch (error) {
      const reason = `The stored data of ${this.#owner} cannot be read: ${errorText(error)}`
      throw new Unhandleable(reason, { cause: error })
    }
  }

  #migrate(version: number, data: unknown): unknown {
    const migrate = this.#migrations[version]
    if (!migrate) throw new TypeError(`there is no \`migrate\` function for version ${version}`)
    // The function knows the type of the data of its version.
    return migrate(data as never)
  }
}
