import { floatingCallAdvice } from "./floating-call-advice.js"
import { importAdvice } from "./import-advice.js"
import { moduleAdvice } from "./module-advice.js"

/**
 * Returns advice on an error that ends a program; `undefined` if the error explains itself.
 *
 * @param path the path of the program
 */
export function programAdvice(error: unknown, path: string): string | undefined {
  return moduleAdvice(error, path) ?? importAdvice(error, path) ?? floatingCallAdvice(error)
}
