import { InvalidArgumentError } from "commander"

/** Returns the port that an option names; 0 stands for a free one. */
export function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError("It has to be a number from 0 to 65535.")
}
