import type { Update } from "@grammyjs/types"

/** Parses the update of a row. Throws a `SyntaxError` if another program has changed the row. */
export function updateOfRow({
  body,
  update_id: id,
}: {
  readonly body: string
  readonly update_id: string
}): Update {
  // The text is the JSON of the update that was put, unless another program has changed it.
  const update = JSON.parse(body) as Update | null
  if (update?.update_id !== Number(id))
    throw new SyntaxError(`the stored JSON does not belong to update ${id}`)
  return update
}
