/** The key of a function that returns the router of an object which can be mounted, such as a menu. */
export const mountedRouter: unique symbol = Symbol("sounder.mountedRouter")

/** Returns the router of an object that can be mounted; otherwise `undefined`. */
export function mountedRouterOf(object: unknown): unknown {
  if (typeof object !== "function" || !(mountedRouter in object)) return undefined
  // Only objects of this package have this key.
  return (object[mountedRouter] as () => unknown)()
}
