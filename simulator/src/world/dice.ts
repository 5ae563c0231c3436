import { ownValue } from "../ground/own-value.js"
import type { Message } from "@grammyjs/types"
import type { World } from "./world.js"

/**
 * Throws a die.
 * @param emoji the kind of die
 */
export function throwDice(emoji: string, world: World): NonNullable<Message["dice"]> {
  const value = world.environment.random.integer(1, ownValue(diceSides, emoji) ?? 6)
  return { emoji, value }
}

/** The number of values of a die, by its emoji. */
export const diceSides: Readonly<Record<string, number>> = {
  "🎲": 6,
  "🎯": 6,
  "🎳": 6,
  "🏀": 5,
  "⚽": 5,
  "🎰": 64,
}
