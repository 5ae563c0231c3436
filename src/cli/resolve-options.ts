import { InvalidArgumentError } from "commander"

/** Reads an option that may be repeated. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

/** Reads `--resolve name=address`, which may be repeated. */
export function told(
  text: string,
  before: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, readonly string[]>> {
  const [, name, address] = /^([^=\s]+)=([\d.]+|[\da-f:]+)$/i.exec(text) ?? []
  if (name === undefined || address === undefined) {
    throw new InvalidArgumentError("It has to be like bot.example.com=203.0.113.7.")
  }
  return { ...before, [name]: [...(before[name] ?? []), address] }
}
