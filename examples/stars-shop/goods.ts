/** The goods of the shop, with their prices in Telegram Stars. */
export const goods = [
  { id: "poem", title: "A poem", description: "Eight lines about you", stars: 10 },
  { id: "song", title: "A song", description: "With three verses", stars: 25 },
  { id: "novel", title: "A novel", description: "Three hundred pages", stars: 100 },
] as const

export type Good = (typeof goods)[number]

/** Returns the good with this id, or `undefined` for an id that the shop no longer has. */
export function goodOf(id: string): Good | undefined {
  return goods.find((good) => good.id === id)
}
