/** Returns the text of the generated file. */
export function generateMethods(declarations?: string): string

/** Returns the text of the generated file of parameters. */
export function generateMethodParameters(declarations?: string): string
