/** The form of data as a text. */
export interface DataForm<Data> {
  /** Returns the text of data. Throws a `TypeError` for data of another type. */
  readonly pack: (data: unknown) => string
  /** Returns the data of a text, or a promise of them; `undefined` for a text that is not of this form. */
  readonly unpack: (text: string) => Data | undefined | Promise<Data | undefined>
  /** Returns the maximum number of bytes that data with the same fields can have. */
  readonly maxBytes: (data: unknown) => number
}
