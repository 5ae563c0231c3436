import type { MessageEntity } from "../telegram/types.js"
import { endOf } from "./entity-kinds.js"

/** The output of a walk through a text. */
export interface TextWriter {
  /** Writes the start of an entity. */
  open(entity: MessageEntity): void
  /** Writes the end of an entity. */
  close(entity: MessageEntity): void
  /** Writes a piece of text, within the entities that are open. */
  write(piece: string): void
}

/** Passes a text and its entities, nested or one after the other, to a writer in order. */
export function walkText(
  text: string,
  entities: readonly MessageEntity[],
  writer: TextWriter,
): void {
  const open: MessageEntity[] = []
  let at = 0
  const writeTo = (end: number) => {
    if (end > at) writer.write(text.slice(at, end))
    at = Math.max(at, end)
  }
  const closeBefore = (position: number) => {
    for (let last = open.at(-1); last && endOf(last) <= position; last = open.at(-1)) {
      writeTo(endOf(last))
      writer.close(last)
      open.pop()
    }
  }
  for (const entity of entities) {
    closeBefore(entity.offset)
    writeTo(entity.offset)
    writer.open(entity)
    open.push(entity)
  }
  closeBefore(text.length)
  writeTo(text.length)
}
