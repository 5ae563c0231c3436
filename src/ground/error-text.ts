/**
 * Functions that read a thrown value of any type. A program may throw a value that cannot be converted to
 * a string, or whose fields throw when they are read: a revoked proxy, an error whose `stack` is a getter.
 * No function of this file throws.
 *
 * @module
 */

/** Returns the message of an error; of any other value, its text. */
export function errorText(thrown: unknown): string {
  if (!isError(thrown)) return textOf(thrown)
  return fieldText(thrown, "message") || fieldText(thrown, "name") || "an error without a message"
}

/** Returns the message of an error without its final full stop, for the middle of a sentence. */
export function errorClause(thrown: unknown): string {
  return errorText(thrown).replace(/\.$/, "")
}

/** Returns the message of an error as a whole sentence, which ends in a full stop, a question or exclamation mark. */
export function errorSentence(thrown: unknown): string {
  const text = errorText(thrown)
  return /[.?!…]$/.test(text) ? text : `${text}.`
}

/** Returns the stack of an error, which begins with its message; the text of a value without a stack. */
export function errorStack(thrown: unknown): string {
  const stack = isError(thrown) && readField(thrown, "stack")
  return typeof stack === "string" && stack !== "" ? stack : errorText(thrown)
}

/** Returns the code of an error, such as `ENOENT`; an empty string for an error without a code. */
export function errorCode(thrown: unknown): string {
  return isError(thrown) ? fieldText(thrown, "code") : ""
}

/** Returns the `name` of an error, such as `TypeError`; an empty string for any other value. */
export function errorName(thrown: unknown): string {
  return isError(thrown) ? fieldText(thrown, "name") : ""
}

/** Returns the name of an error's class; an empty string for an error without a class, and for any other value. */
export function errorClass(thrown: unknown): string {
  const constructor = isError(thrown) && readField(thrown, "constructor")
  return typeof constructor === "function" ? fieldText(constructor, "name") : ""
}

/** Returns the cause of an error; `undefined` for an error without a cause. */
export function errorCause(thrown: unknown): unknown {
  return isError(thrown) ? readField(thrown, "cause") : undefined
}

/** Returns whether a value is an error. `instanceof` itself throws for some proxies. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error
  } catch {
    return false
  }
}

function fieldText(error: object, name: string): string {
  const value = readField(error, name)
  return value === undefined ? "" : textOf(value)
}

function readField(error: object, name: string): unknown {
  try {
    return Reflect.get(error, name)
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return "a value without a text"
  }
}
