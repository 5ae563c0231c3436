import { StorageError } from "../../queue/index.js"
import type { BotRow, BotState } from "./bot-table.js"
import type { TokenVault } from "./token-vault.js"

/** A bot in a {@link BotStore}. */
export class StoredBot {
  /** The id of the bot. */
  readonly botId: number
  /** The kind of the bot; empty for the default. */
  readonly kind: string
  /** The data of the bot; `undefined` if the stored text is damaged. The fleet then leaves the bot alone. */
  readonly data: unknown
  /** The state of the bot. */
  readonly state: BotState
  /** The reason of the state `parked`; `null` without one. */
  readonly reason: string | null
  /** The last failure of the registration or of polling; `null` if the bot receives. */
  readonly problem: string | null
  /** True if `deleteWebhook` has to be called before the bot is removed. */
  readonly deletesWebhook: boolean
  /** True if the queue has to delete the updates, the jobs and the data of the bot before it is removed. */
  readonly deletesData: boolean
  /** The number of the last change. Later changes of any bot have higher numbers. */
  readonly version: number
  /** The number of the change that stored the token. */
  readonly tokenVersion: number
  /** The time of the last change, on the clock of the store. */
  readonly changedAt: Date
  readonly #vault: TokenVault
  readonly #sealedToken: string

  /** @internal */
  constructor(row: BotRow, vault: TokenVault) {
    this.botId = row.botId
    this.kind = row.kind
    this.data = parsed(row.data)
    this.state = row.state
    this.reason = row.reason
    this.problem = row.problem
    this.deletesWebhook = row.deletesWebhook
    this.deletesData = row.deletesData
    this.version = row.version
    this.tokenVersion = row.tokenVersion
    this.changedAt = new Date(row.changedAt)
    this.#vault = vault
    this.#sealedToken = row.sealedToken
  }

  /**
   * Returns the decrypted token; `undefined` after the removal. A token is no property, so that it is not logged by
   * accident.
   *
   * @throws StorageError with the code `wrong-key` if no key fits
   */
  openToken(): string | undefined {
    return this.#sealedToken === "" ? undefined : this.#vault.open(this.botId, this.#sealedToken)
  }
}

/** Returns the error of a bot whose stored data are damaged. */
export function damagedData(botId: number): StorageError {
  return new StorageError(
    "storage-corrupted",
    `The stored data of bot ${botId} are damaged: they are no JSON. Replace them with store.setData(${botId}, data)`,
  )
}

/** Returns the value of a JSON text; `undefined` for any other text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
