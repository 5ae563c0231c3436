import { headerLines, type Label } from "./exposition.js"
import type { Series } from "./series.js"

/** The description of a metric family. */
export interface MetricDescription {
  /** The name, with its unit, and with `_total` for a counter. */
  readonly name: string
  /** The meaning, in a sentence. */
  readonly help: string
  /** The names of the labels. */
  readonly labels?: readonly string[]
}

/**
 * A node of the tree of series. Each level of the tree belongs to one label, and each branch to one of its
 * values.
 */
interface Branch<S> {
  readonly children: Map<string, Branch<S>>
  series: S | undefined
}

/** A metric family: the series of a metric, one for each combination of label values that has occurred. */
export class MetricFamily<S extends Series> {
  readonly #description: MetricDescription
  readonly #type: "counter" | "gauge" | "histogram"
  readonly #createSeries: () => S
  #root: Branch<S> = { children: new Map(), series: undefined }

  constructor(
    type: "counter" | "gauge" | "histogram",
    description: MetricDescription,
    createSeries: () => S,
  ) {
    this.#type = type
    this.#description = description
    this.#createSeries = createSeries
  }

  /**
   * Returns the series with these label values, in the order of the labels; creates a missing one.
   * The caller keeps the number of combinations small: only {@link clear} removes series.
   */
  series(first?: string, second?: string, third?: string): S {
    let branch = this.#root
    if (first !== undefined) branch = childBranch(branch, first)
    if (second !== undefined) branch = childBranch(branch, second)
    if (third !== undefined) branch = childBranch(branch, third)
    return (branch.series ??= this.#createSeries())
  }

  /** Removes all series. For metrics whose values are read again for each request. */
  clear(): void {
    this.#root = { children: new Map(), series: undefined }
  }

  /** Returns the metric in Prometheus' format; an empty string without series. */
  text(): string {
    const { name, help, labels = [] } = this.#description
    const lines = this.#lines(this.#root, labels, [])
    return lines === "" ? "" : headerLines(name, help, this.#type) + lines
  }

  #lines(branch: Branch<S>, labels: readonly string[], parentLabels: readonly Label[]): string {
    let lines = branch.series?.lines(this.#description.name, parentLabels) ?? ""
    const label = labels[parentLabels.length] ?? ""
    for (const [value, child] of branch.children) {
      lines += this.#lines(child, labels, [...parentLabels, [label, value]])
    }
    return lines
  }
}

// Two or three look-ups by short texts are faster than one by a concatenated text.
function childBranch<S>({ children }: Branch<S>, value: string): Branch<S> {
  const existing = children.get(value)
  if (existing) return existing
  const created: Branch<S> = { children: new Map(), series: undefined }
  children.set(value, created)
  return created
}
