import type { UpdateType } from "../../telegram/api.js"

/** A snake_case name of the Bot API in camelCase: `edited_message` becomes `editedMessage`. */
export type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

/** Every update type in camelCase. */
export type UpdateTypeName = CamelCase<UpdateType>

/** Returns a snake_case name in camelCase. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
