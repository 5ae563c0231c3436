/**
 * Returns an object with methods that are not enumerable: JSON, `Object.keys` and comparisons see only the other
 * members. Each method returns the object.
 */
export function plainBuilder(
  members: object,
  methods: Readonly<Record<string, (...args: never[]) => void>>,
): object {
  const builder = { ...members }
  for (const [name, method] of Object.entries(methods)) {
    const value = (...args: never[]) => {
      method(...args)
      return builder
    }
    Object.defineProperty(builder, name, { value })
  }
  return builder
}
