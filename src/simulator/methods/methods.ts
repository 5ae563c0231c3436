import { callbackMethods } from "./callbacks.js"
import { chatMethods } from "./chats.js"
import { commandMethods } from "./commands.js"
import { copyMethods } from "./copies.js"
import { editMethods } from "./edits.js"
import { mediaMethods } from "./media.js"
import { messageMethods } from "./messages.js"
import type { Method } from "./method.js"
import { receivingMethods } from "./receiving.js"

const tables = [
  receivingMethods,
  messageMethods,
  editMethods,
  callbackMethods,
  mediaMethods,
  copyMethods,
  chatMethods,
  commandMethods,
]

/** Every method that is played, by its name in lower case. */
export const methods: ReadonlyMap<string, Method> = new Map(
  tables.flatMap((table) =>
    Object.entries(table).map(([name, method]) => [name.toLowerCase(), method] as const),
  ),
)
