/**
 * The kind of a field of callback data: an integer, a truth value, a text or one of a few words. A field with `?` may
 * be absent.
 */
export type CallbackFieldKind =
  | "int"
  | "bool"
  | "text"
  | "int?"
  | "bool?"
  | "text?"
  | readonly string[]

/** The fields of callback data: the kind of each, by name. Add new fields at the end, with `?`. */
export type CallbackFields = Readonly<Record<string, CallbackFieldKind>>

type ValueOf<Kind> = Kind extends "int" | "int?"
  ? number
  : Kind extends "bool" | "bool?"
    ? boolean
    : Kind extends readonly (infer Word)[]
      ? Word
      : string

type OptionalNames<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends `${string}?` ? Name : never
}[keyof Fields]

type Flat<T> = { [K in keyof T]: T[K] }

/** The data of fields. */
export type CallbackFieldData<Fields extends CallbackFields> = Flat<
  {
    -readonly [Name in Exclude<keyof Fields, OptionalNames<Fields>>]: ValueOf<Fields[Name]>
  } & {
    -readonly [Name in OptionalNames<Fields>]?: ValueOf<Fields[Name]> | undefined
  }
>

/** The data of fields without a text, which fit into a button however large the numbers are. */
export type ShortFieldData<Fields extends CallbackFields> = "text" extends Fields[keyof Fields]
  ? never
  : Flat<
      CallbackFieldData<{
        [Name in keyof Fields as Fields[Name] extends "text?" ? never : Name]: Fields[Name]
      }> & { [Name in keyof Fields as Fields[Name] extends "text?" ? Name : never]?: undefined }
    >
