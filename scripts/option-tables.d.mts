/** Returns the text of a guide with its tables written from the sources. */
export function withOptionTables(guide: string): string
