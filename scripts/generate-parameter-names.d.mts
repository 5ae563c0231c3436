/** Returns the text of the generated file. */
export function generateParameterNames(): string
