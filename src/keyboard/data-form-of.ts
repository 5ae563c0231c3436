import { unexpectedOption } from "../ground/expect-option.js"
import type { StandardSchema } from "../ground/standard-schema.js"
import type { CallbackFields } from "./callback-fields.js"
import type { DataForm } from "./data-form.js"
import { fieldForm } from "./field-form.js"
import { schemaForm } from "./schema-form.js"

/** Returns the form of data with these fields, or of this schema. Throws a `TypeError` for any other value. */
export function dataFormOf(fields: CallbackFields | StandardSchema<object>): DataForm<object> {
  if (typeof fields !== "object" || fields === null) {
    unexpectedOption("fields", "an object of kinds, or a schema", fields)
  }
  return isSchema(fields) ? schemaForm(fields) : fieldForm<object>(fields)
}

function isSchema(
  fields: CallbackFields | StandardSchema<object>,
): fields is StandardSchema<object> {
  return "~standard" in fields && typeof fields["~standard"] === "object"
}
