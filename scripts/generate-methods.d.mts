/** Returns the text of the generated file. */
export function generateMethods(declarations?: string): string
