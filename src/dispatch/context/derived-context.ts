import { Context, handlingOf } from "./context.js"

/**
 * Returns a context with the values of another context and with further values.
 *
 * @param handling the update of the context; default: the update of the other context
 */
export function derivedContext<C extends Context, Y extends object>(
  outer: C,
  values: Y,
  handling = handlingOf(outer),
): C & Y {
  const context = new Context(handling)
  const members = context as unknown as Record<PropertyKey, unknown>
  copyMembers(outer, members)
  copyMembers(values, members)
  // The members of both have been copied.
  return context as C & Y
}

/** Copies the own members of an object. Unlike `Object.assign`, it copies a getter and does not call it. */
function copyMembers(from: object, to: Record<PropertyKey, unknown>): void {
  for (const key of Reflect.ownKeys(from)) {
    const descriptor = Object.getOwnPropertyDescriptor(from, key)
    // Assignment is several times faster than `Object.defineProperty`.
    if (descriptor?.writable && !Object.hasOwn(to, key)) to[key] = descriptor.value
    else if (descriptor?.configurable) Object.defineProperty(to, key, descriptor)
    else Object.defineProperty(to, key, { ...descriptor, configurable: true })
  }
}
