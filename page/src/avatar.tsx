const colours = 7

/** A coloured circle with the first letters of a name. */
export function Avatar({ id, name }: { readonly id: number; readonly name: string }) {
  const words = name.trim().split(/\s+/u)
  const letters = words.slice(0, 2).map((word) => [...word][0] ?? "")
  return (
    <span class={`avatar avatar-${Math.abs(id) % colours}`} aria-hidden="true">
      {letters.join("").toUpperCase()}
    </span>
  )
}
