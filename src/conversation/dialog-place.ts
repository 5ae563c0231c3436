import type { Context } from "../dispatch/context/context.js"
import type { StatePlace } from "../dispatch/context/update-state.js"
import { findPlace } from "../session/find-place.js"
import type { SessionKey } from "../session/session-key.js"
import { ownContent } from "../telegram/own-update.js"
import { type ConversationForm, type OwnData, spaceOf } from "./conversation-form.js"

/**
 * Resolves with the place of the dialog that an update belongs to; `undefined` for an update that can belong to no
 * dialog. An own update of the conversation names its dialog.
 */
export async function findDialog(
  form: Pick<ConversationForm, "name">,
  key: SessionKey,
  ctx: Context,
): Promise<StatePlace | undefined> {
  const space = spaceOf(form)
  const own = ownContent(ctx.update)
  if (own?.name === space) return { space, key: ownData(own.data).key }
  return findPlace(ctx, key, space)
}

/** Returns the data of a conversation's own update. */
export function ownData(data: unknown): OwnData {
  // The conversation itself has put each own update of its name.
  return data as OwnData
}
