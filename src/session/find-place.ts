import { aliasPlace } from "../dispatch/context/chat-alias.js"
import type { Context } from "../dispatch/context/context.js"
import type { StatePlace } from "../dispatch/context/update-state.js"
import type { StateKey, StateStore } from "../queue/state-store.js"
import { keyOfContext, keyOfPlace, type SessionKey, type SessionPlace } from "./session-key.js"

/**
 * Returns the place of an update's data in a namespace: under the former id, for a chat that has become a
 * supergroup. Returns `undefined` if the update has no such key. Returns a promise if the former id has to be read.
 */
export function findPlace(
  ctx: Context,
  key: SessionKey,
  space: string,
): StatePlace | undefined | Promise<StatePlace> {
  const { chat } = ctx
  const text = keyOfContext(key, ctx, chat?.id)
  if (text === undefined) return undefined
  const place = { space, key: text }
  const isOfChat = typeof key === "string" && key !== "user" && key !== "bot"
  const alias = isOfChat && chat ? aliasPlace(chat) : undefined
  return alias ? formerPlace(ctx, key, { alias, place }) : place
}

async function formerPlace(
  ctx: Context,
  key: SessionKey,
  { alias, place }: { readonly alias: StatePlace; readonly place: StatePlace },
): Promise<StatePlace> {
  const [former] = await ctx.state.readTexts([alias, place])
  if (former === undefined) return place
  return { ...place, key: keyOfContext(key, ctx, Number(former)) ?? place.key }
}

/** Resolves with the key of a place in a namespace, as {@link findPlace} finds it in the chat of the place. */
export async function findStateKey(
  store: StateStore,
  key: SessionKey,
  space: string,
  place: SessionPlace,
): Promise<StateKey> {
  const { botId, chatId } = place
  const alias = chatId === undefined ? undefined : aliasPlace({ id: chatId })
  const [former] = alias ? await store.read([{ botId, ...alias }]) : []
  const current = former ? { ...place, chatId: Number(former.json) } : place
  return { botId, space, key: keyOfPlace(key, current) }
}
