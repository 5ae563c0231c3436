/** A call, and the error text of Telegram's server. `"ADA"` stands for the id of a person. */
export type ErrorCase = readonly [method: string, params: object, text: string]

/** Returns the error for a field of a wrong type. */
export const is = (field: string, type: string) => `Field "${field}" must be of type ${type}`

/** Returns the error for a missing field. */
export const finds = (field: string) => `Can't find field "${field}"`

/** The parameters that most calls need. */
export const to = { chat_id: "ADA" }
