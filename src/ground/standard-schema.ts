/**
 * A schema of the Standard Schema specification, version 1: the common interface of Zod, Valibot, ArkType and
 * other libraries that check values.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Output = unknown> {
  /** The members that the specification prescribes. */
  readonly "~standard": {
    /** The version of the specification. */
    readonly version: 1
    /** Checks a value, and returns the output or the issues. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
  }
}

/** The result of a check. */
type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

/** A fault of a value. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/**
 * Resolves with the output of the schema; without a schema, with the value itself. Rejects with a `TypeError`
 * that names the first fault.
 *
 * @param name the name of the value, for the error
 */
export async function checkedValue<Output>(
  schema: StandardSchema<Output> | undefined,
  name: string,
  value: unknown,
): Promise<Output> {
  // Without a schema, the type that the program has declared is trusted.
  if (!schema) return value as Output
  const result = await schema["~standard"].validate(value)
  const [issue] = result.issues ?? []
  if ("value" in result) return result.value
  const place = [name, ...(issue?.path ?? []).map(keyOf)].join(".")
  throw new TypeError(
    `Expected ${place} to pass its schema: ${issue?.message ?? "the schema gives no reason"}`,
  )
}

function keyOf(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === "object" ? part.key : part)
}
