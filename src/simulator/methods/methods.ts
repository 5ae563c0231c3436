import { messageMethods } from "./messages.js"
import type { Method } from "./method.js"
import { receivingMethods } from "./receiving.js"

const tables = [receivingMethods, messageMethods]

/** Every method that is played, by its name in lower case. */
export const methods: ReadonlyMap<string, Method> = new Map(
  tables.flatMap((table) =>
    Object.entries(table).map(([name, method]) => [name.toLowerCase(), method] as const),
  ),
)
