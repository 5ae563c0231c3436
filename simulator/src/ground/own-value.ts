/**
 * Returns the value that a table has for a text from outside; `undefined` for the members that
 * every object inherits, such as `constructor` and `__proto__`.
 */
export function ownValue<Value>(
  table: Readonly<Record<string, Value>>,
  key: string,
): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
