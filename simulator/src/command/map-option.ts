import { InvalidArgumentError, Option } from "commander"

type Hosts = Readonly<Record<string, string>>

/** Returns the option `--map host:port=address:port`, which may be repeated. */
export function mapOption(): Option {
  return new Option(
    "--map <host:port=address:port>",
    "resolve a public name to an address on this machine, as in bot.example.com:443=127.0.0.1:5443; may be repeated",
  ).argParser(mapped)
}

function mapped(text: string, before: Hosts = {}): Hosts {
  const [, from, port, to] = /^([^=\s]+:(\d+))=([^=\s]+)$/.exec(text) ?? []
  const [, toPort] = /:(\d+)$/.exec(to ?? "") ?? []
  if (from !== undefined && to !== undefined && isPort(port) && isPort(toPort)) {
    return { ...before, [from]: to }
  }
  throw new InvalidArgumentError("Expected a value such as bot.example.com:443=127.0.0.1:5443.")
}

/** Returns whether a text is a port that a client can connect to, or missing. */
function isPort(text: string | undefined): boolean {
  return text === undefined || (Number(text) >= 1 && Number(text) <= 65_535)
}
