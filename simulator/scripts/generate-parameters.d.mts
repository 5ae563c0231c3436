/** Declarations of `@grammyjs/types`, without their comments. */
export function declarations(name: string): string

/** Returns the text of the generated file. */
export function generateParameters(): string
