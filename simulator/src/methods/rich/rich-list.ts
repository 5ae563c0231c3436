import type { RichBlock, RichBlockListItem } from "@grammyjs/types"
import {
  expectObject,
  flagField,
  numberField,
  partError,
  requiredArrayField,
  textField,
  type Fields,
} from "../fields.js"

type LabelType = NonNullable<RichBlockListItem["type"]>

/**
 * Returns the items of a list. Throws Telegram's error for an invalid one.
 *
 * @param read reads the blocks of an item
 */
export async function listItems(
  list: readonly unknown[],
  read: (blocks: readonly unknown[]) => Promise<RichBlock[]>,
): Promise<RichBlockListItem[]> {
  if (list.length === 0) throw partError("List must be non-empty")
  const items: RichBlockListItem[] = []
  for (const each of list) {
    const fields = expectObject(each, "expected an Object")
    const label = labelOf(fields, items.at(-1))
    const blocks = await read(requiredArrayField(fields, "blocks"))
    items.push({ ...label, blocks, ...box(fields) })
  }
  return items
}

function box(fields: Fields): Pick<RichBlockListItem, "has_checkbox" | "is_checked"> {
  if (!flagField(fields, "has_checkbox")) return {}
  return { has_checkbox: true, ...(flagField(fields, "is_checked") && { is_checked: true }) }
}

/** Returns the label of an item. An item with a value or a type is one of an ordered list. */
function labelOf(
  fields: Fields,
  last: RichBlockListItem | undefined,
): Pick<RichBlockListItem, "label" | "value" | "type"> {
  const given = numberField(fields, "value")
  const type = textField(fields, "type")
  if (given === undefined && type === "") return { label: "•" }
  if (given !== undefined && !(Math.abs(given) < 2 ** 31 && Number.isInteger(given))) {
    throw partError('Field "value" must be a valid Number')
  }
  if (type !== "" && !isLabelType(type)) throw partError("Wrong type of list item label specified")
  const value = given ?? (last?.value ?? 0) + 1
  const known = type === "" ? "1" : type
  return { label: `${counted(value, known)}.`, value, type: known }
}

function isLabelType(type: string): type is LabelType {
  return ["a", "A", "i", "I", "1"].includes(type)
}

const romans = [
  ...([
    [1000, "m"],
    [900, "cm"],
    [500, "d"],
    [400, "cd"],
    [100, "c"],
    [90, "xc"],
  ] as const),
  ...([
    [50, "l"],
    [40, "xl"],
    [10, "x"],
    [9, "ix"],
    [5, "v"],
    [4, "iv"],
    [1, "i"],
  ] as const),
]

function counted(value: number, type: LabelType): string {
  const isWritten = type !== "1" && Number.isInteger(value) && value > 0 && value < 4000
  if (!isWritten) return String(value)
  const lower = type.toLowerCase() === "a" ? letters(value) : roman(value)
  return type === type.toLowerCase() ? lower : lower.toUpperCase()
}

function letters(value: number): string {
  const rest = Math.floor((value - 1) / 26)
  return (rest > 0 ? letters(rest) : "") + String.fromCodePoint(97 + ((value - 1) % 26))
}

function roman(value: number): string {
  let rest = value
  return romans
    .map(([size, sign]) => {
      const count = Math.floor(rest / size)
      rest -= count * size
      return sign.repeat(count)
    })
    .join("")
}
