import { type Command, InvalidArgumentError } from "commander"
import type { ExamineOptions } from "../doctor/index.js"
import { collected } from "./collected.js"
import { mapOption } from "./map-option.js"

type Addresses = Readonly<Record<string, readonly string[]>>

/** What names mean, where this machine cannot ask as Telegram does. */
export interface NamesFlags {
  readonly resolve?: Addresses
  readonly dns?: readonly string[]
  readonly map?: Readonly<Record<string, string>>
}

/** Adds `--resolve`, `--dns` and `--map` to a command. */
export function namesOptions(command: Command): Command {
  return command
    .option("--resolve <name=address>", "what public DNS says of a name; may be repeated", told)
    .option("--dns <address>", "ask this resolver, as 1.1.1.1; may be repeated", collected)
    .addOption(mapOption())
}

/** The same for an examination. */
export function namesOf({ resolve, dns, map }: NamesFlags): ExamineOptions {
  return {
    ...(resolve && { resolve }),
    ...(dns && { dnsServers: dns }),
    ...(map && { hosts: map }),
  }
}

function told(text: string, before: Addresses = {}): Addresses {
  const [, name, address] = /^([^=\s]+)=([\d.]+|[\da-f:]+)$/i.exec(text) ?? []
  if (name === undefined || address === undefined) {
    throw new InvalidArgumentError("It has to be like bot.example.com=203.0.113.7.")
  }
  return { ...before, [name]: [...(before[name] ?? []), address] }
}
