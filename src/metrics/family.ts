import { headerLines, type Label } from "./exposition.js"
import type { Series } from "./series.js"

/** What Prometheus knows of a metric. */
export interface FamilyDescription {
  /** Its name, with its unit, and with `_total` for a counter. */
  readonly name: string
  /** What it counts, in a sentence. */
  readonly help: string
  /** The names of its labels. */
  readonly labels?: readonly string[]
}

/** A node of the tree in which series are found by one label value after the other. */
interface Branch<S> {
  readonly children: Map<string, Branch<S>>
  series: S | undefined
}

/** A metric: its series, one for each combination of label values that has occurred. */
export class Family<S extends Series> {
  readonly #description: FamilyDescription
  readonly #type: "counter" | "gauge" | "histogram"
  readonly #make: () => S
  #root: Branch<S> = { children: new Map(), series: undefined }

  constructor(
    type: "counter" | "gauge" | "histogram",
    description: FamilyDescription,
    make: () => S,
  ) {
    this.#type = type
    this.#description = description
    this.#make = make
  }

  /**
   * The series with these label values, in the order of the labels; made where it is not there. The
   * caller sees to it that there are few: whatever has been asked for stays.
   */
  of(first?: string, second?: string, third?: string): S {
    let branch = this.#root
    if (first !== undefined) branch = childOf(branch, first)
    if (second !== undefined) branch = childOf(branch, second)
    if (third !== undefined) branch = childOf(branch, third)
    return (branch.series ??= this.#make())
  }

  /** Forgets all series: for what is read anew each time. */
  clear(): void {
    this.#root = { children: new Map(), series: undefined }
  }

  /** All of it in Prometheus' format; nothing where there is no series. */
  text(): string {
    const { name, help, labels = [] } = this.#description
    const lines = this.#lines(this.#root, labels, [])
    return lines === "" ? "" : headerLines(name, help, this.#type) + lines
  }

  #lines(branch: Branch<S>, labels: readonly string[], found: readonly Label[]): string {
    let lines = branch.series?.lines(this.#description.name, found) ?? ""
    const label = labels[found.length] ?? ""
    for (const [value, child] of branch.children) {
      lines += this.#lines(child, labels, [...found, [label, value]])
    }
    return lines
  }
}

// Two or three look-ups by short texts cost less than one by a text that is put together.
function childOf<S>({ children }: Branch<S>, value: string): Branch<S> {
  const known = children.get(value)
  if (known) return known
  const made: Branch<S> = { children: new Map(), series: undefined }
  children.set(value, made)
  return made
}
