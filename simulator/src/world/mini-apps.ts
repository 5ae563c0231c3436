import type { InlineQueryResult, KeyboardButton } from "@grammyjs/types"
import { BoundedMap } from "../ground/bounded-map.js"
import type { Conversation } from "./conversation.js"
import type { Person } from "./person.js"

/** A Mini App that a person has opened, or a guest whom a person has summoned. */
export interface OpenQuery {
  readonly botId: number
  readonly person: Person
  readonly where: Conversation
}

/** A message that a bot has prepared for a person to send. */
export interface PreparedMessage {
  readonly botId: number
  readonly personId: number
  readonly result: InlineQueryResult
  /** The kinds of chat that the message can be sent to. */
  readonly kinds: readonly PreparedKind[]
  /** Unix time in seconds. */
  readonly expiresAt: number
}

/** A kind of chat that a prepared message can be sent to. */
export type PreparedKind = "user" | "bot" | "group" | "channel"

/** A key that a bot has prepared for its Mini App. */
export interface PreparedKey {
  readonly botId: number
  readonly personId: number
  readonly button: KeyboardButton
}

/** The data of the Mini Apps of a world, by the ids that bots and their Mini Apps exchange. */
export class MiniApps {
  /** The open Mini Apps, by the id of the query in their initial data. */
  readonly queries = new BoundedMap<string, OpenQuery>()
  /** The messages in which people have summoned a bot, by the id of the query. */
  readonly guests = new BoundedMap<string, OpenQuery>()
  readonly messages = new BoundedMap<string, PreparedMessage>()
  readonly keys = new BoundedMap<string, PreparedKey>()
  /** The addresses shown to people who ask to join, as `person:chat`. */
  readonly joinApps = new BoundedMap<string, string>()
}
