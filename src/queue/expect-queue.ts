import { callerError } from "../ground/call-place.js"
import type { UpdateQueue } from "./update-queue.js"

/**
 * Throws a `TypeError` unless a value has methods of a queue.
 *
 * @param methods the methods that the caller uses: a receiver without handlers only puts
 */
export function expectQueue(
  value: unknown,
  methods: readonly ("put" | "take")[] = ["put", "take"],
): void {
  // A value that is not an object has no such methods either.
  const queue = (value ?? {}) as Partial<UpdateQueue>
  if (methods.every((method) => typeof queue[method] === "function")) return
  const names = methods.map((method) => `\`${method}\``).join(" and ")
  throw callerError(
    `Expected the \`queue\` option to be a queue with ${names}, as in ` +
      `\`new SqliteQueue({ path })\` of \`sounder/sqlite\`, got a value of type ${typeof value}.`,
  )
}
