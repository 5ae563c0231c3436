const colours = 7

interface Props {
  readonly id: number
  readonly name: string
  readonly isForum?: boolean
}

/** A coloured circle with the first letters of a name; a rounded square for a forum. */
export function Avatar({ id, name, isForum = false }: Props) {
  const words = name.trim().split(/\s+/u)
  const letters = words.slice(0, 2).map((word) => [...word][0] ?? "")
  return (
    <span
      class={`avatar avatar-${Math.abs(id) % colours} ${isForum ? "of-forum" : ""}`}
      aria-hidden="true"
    >
      {letters.join("").toUpperCase()}
    </span>
  )
}
