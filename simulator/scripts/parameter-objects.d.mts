/**
 * Returns the objects in the parameters of all methods: the names of their fields by the names of
 * their types.
 *
 * @param isSkipped whether a parameter of a method, or a field of a type, is left out
 */
export function parameterObjects(
  isSkipped?: (owner: string, name: string) => boolean,
): Map<string, string[]>
