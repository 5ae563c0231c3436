import type { ApiMethodName } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { anyMessageOf, expectEphemeral, ownMessageOf, sendTargetOf } from "./message-target.js"

/**
 * Returns the ids of an update's chat, topic or message that a method needs. Returns none if the caller names
 * a target, and for methods that neither send, edit nor delete a message.
 *
 * @param caller the method of `ctx`, named in error messages
 * @throws TypeError if the update has no such target
 */
export function targetIds(
  caller: string,
  method: ApiMethodName,
  update: Update,
  params: object,
): object {
  const namesTarget = Object.keys(params).some((name) =>
    /^(?:chat|user|receiver_user|message|inline_message|ephemeral_message)_id$/.test(name),
  )
  if (namesTarget) return {}
  if (method.startsWith("send")) return sendTargetOf(caller, method, update)
  if (/^(?:edit|delete)Ephemeral/.test(method)) return expectEphemeral(caller, update)
  if (method.startsWith("editMessage")) return anyMessageOf(caller, update)
  if (method !== "deleteMessage") return {}
  return ownMessageOf(caller, method, update)
}
