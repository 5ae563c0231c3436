import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import type { Target } from "../webhook-load.js"

const firstId = 1_000_000_000

/** Returns the token of a bot by its number from 0 on. */
export function tokenOf(bot: number): string {
  return `${firstId + bot}:AAF-kJ3_abcdefghijklmnopqr${String(bot).padStart(10, "0")}`
}

const targets: Target[] = []

/** Returns the path and the secret of a bot's webhook. */
export function targetOfBot(bot: number): Target {
  return (targets[bot] ??= {
    path: `/bots/${firstId + bot}`,
    secretToken: deriveSecretToken(tokenOf(bot)),
  })
}
