import { jsonText } from "../ground/json-text.js"
import type { StandardSchema } from "../ground/standard-schema.js"
import type { DataForm } from "./data-form.js"

/** Returns the form of data of a schema: their JSON text. */
export function schemaForm<Data>(schema: StandardSchema<Data>): DataForm<Data> {
  const validate = (value: unknown) => schema["~standard"].validate(value)
  return {
    pack: (data) => {
      const result = validate(data)
      if (result instanceof Promise) {
        throw new TypeError(
          "Expected a schema of callback data that checks at once, got a promise.",
        )
      }
      const [issue] = result.issues ?? []
      if (issue) throw new TypeError(`Expected data that pass their schema: ${issue.message}`)
      return jsonText("data", data)
    },
    unpack: (text) => {
      const value = parsed(text)
      if (value === undefined) return undefined
      const result = validate(value)
      const dataOf = (checked: Awaited<typeof result>) =>
        checked.issues ? undefined : checked.value
      return result instanceof Promise ? result.then(dataOf) : dataOf(result)
    },
    maxBytes: () => Number.POSITIVE_INFINITY,
  }
}

/** Returns the object of a JSON text; `undefined` for any other text. */
function parsed(text: string): object | undefined {
  if (!text.startsWith("{")) return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    return undefined
  }
}
