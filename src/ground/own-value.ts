/**
 * Returns the value of a key in a table. The key may come from outside: the result is `undefined` for an
 * unknown key, even for the names of members that every object inherits, such as `constructor` and
 * `__proto__`.
 */
export function ownValue<Value>(
  table: Readonly<Record<string, Value>>,
  key: string,
): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
