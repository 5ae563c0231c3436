import { similarName } from "../ground/similar-name.js"
import { methodNames } from "./method-names.generated.js"

/**
 * Returns the Bot API method that is most similar to a misspelt name; `undefined` if none is similar, or if
 * the name differs from a method in upper and lower case only, which Telegram permits.
 */
export function similarMethod(name: string): string | undefined {
  const nearest = similarName(name, methodNames)
  return nearest?.toLowerCase() === name.toLowerCase() ? undefined : nearest
}
