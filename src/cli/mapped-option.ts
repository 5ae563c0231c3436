import { InvalidArgumentError } from "commander"

/** Reads `--map host:port=address:port`, which may be repeated. */
export function mapped(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const [, from, to] = /^([^=\s]+:\d{1,5})=([^=\s]+)$/.exec(text) ?? []
  if (from !== undefined && to !== undefined) return { ...before, [from]: to }
  throw new InvalidArgumentError("It has to be like bot.example.com:443=127.0.0.1:5443.")
}
