import type { Context } from "../dispatch/context/context.js"
import type { FieldForm } from "../keyboard/field-form.js"
import { hashKey } from "../keyboard/data-key.js"
import { type DataDefinition, packAt, packPlaceOf } from "../keyboard/pack-data.js"
import { packText, unpackText } from "../keyboard/packed-text.js"

/** A menu to go back to, as the data of a button contain it. */
export interface TrailEntry {
  readonly name: string
  /** The packed parameters. */
  readonly params: string
  /** Whether only the menu's author may press its buttons. */
  readonly isSigned: boolean
}

/** The data of a button of a menu. */
export interface MenuPress {
  /** The key of the button; `undefined` for a button that only opens the menu. */
  readonly key: string | undefined
  readonly params: object
  /** The menus to go back to, the nearest first. */
  readonly trail: readonly TrailEntry[]
}

/** The definition of a menu's data. */
export interface MenuForm {
  readonly name: string
  readonly fields: FieldForm<object>
  readonly ttlMs: number
  readonly isSigned: boolean
}

/** The character between two parts of the data. */
const separator = ":"

/** The mark of a menu in a trail whose buttons only its author may press. */
const signedMark = "!"

/** Returns the definition of the data of a menu's buttons. */
export function definitionOf(form: MenuForm): DataDefinition<MenuPress> {
  return {
    ...targetOf(form),
    // No name of a factory begins with a dot, and no other menu has this name followed by a colon.
    claim: `.${form.name}:`,
    form: { unpack: (text) => unpackPress(text, form.fields) },
  }
}

/** Returns the part of a definition that packs data, which needs only the name of the menu. */
function targetOf({ name, isSigned }: Pick<MenuForm, "name" | "isSigned">) {
  return { prefix: `.${name}`, signed: isSigned ? ("user" as const) : undefined, keyOf: hashKey }
}

/**
 * Returns the data of a button.
 *
 * @param menu the menu to which the button belongs, or which it opens
 * @param key the key of the button; `undefined` for a button that opens the menu
 * @param params the packed parameters
 */
export function packPress(
  menu: Pick<MenuForm, "name" | "isSigned">,
  { key, params, trail }: Omit<MenuPress, "params"> & { readonly params: string },
  ctx: Context,
  ttlMs: number,
): string {
  const names = trail.flatMap((entry) => [
    (entry.isSigned ? signedMark : "") + entry.name,
    entry.params,
  ])
  const texts = [params, ...names].map((text) => packText("menu", text))
  const packed = [key === undefined ? "" : packText("key", key), ...texts].join(separator)
  return packAt(targetOf(menu), packed, packPlaceOf(ctx, ttlMs))
}

function unpackPress(text: string, fields: FieldForm<object>): MenuPress | undefined {
  const [keyPart = "", ...rest] = text.split(separator)
  const key = keyPart === "" ? undefined : unpackText(keyPart)
  if (keyPart !== "" && key === undefined) return undefined
  const texts = rest.map(unpackText)
  const [packed, ...names] = texts.filter((part) => part !== undefined)
  const params = packed === undefined ? undefined : fields.unpack(packed)
  if (!params || names.length !== texts.length - 1 || names.length % 2 !== 0) return undefined
  const trail = Array.from({ length: names.length / 2 }, (_, index) =>
    trailEntry(names[2 * index] ?? "", names[2 * index + 1] ?? ""),
  )
  return { key, params, trail }
}

function trailEntry(marked: string, params: string): TrailEntry {
  const isSigned = marked.startsWith(signedMark)
  return { name: isSigned ? marked.slice(signedMark.length) : marked, params, isSigned }
}
