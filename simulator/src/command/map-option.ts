import { InvalidArgumentError, Option } from "commander"

type Hosts = Readonly<Record<string, string>>

/** Returns the option `--map host:port=address:port`, which may be repeated. */
export function mapOption(): Option {
  return new Option(
    "--map <host:port=address:port>",
    "play a public name on this machine, as in bot.example.com:443=127.0.0.1:5443; may be repeated",
  ).argParser(mapped)
}

function mapped(text: string, before: Hosts = {}): Hosts {
  const [, from, to] = /^([^=\s]+:\d{1,5})=([^=\s]+)$/.exec(text) ?? []
  if (from !== undefined && to !== undefined) return { ...before, [from]: to }
  throw new InvalidArgumentError("Expected a value such as bot.example.com:443=127.0.0.1:5443.")
}
