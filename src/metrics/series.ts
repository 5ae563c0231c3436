import { type Label, numberText, sampleLine } from "./exposition.js"

/** The values of a metric for one combination of labels. */
export interface Series {
  /** Returns the samples, as lines. */
  lines(name: string, labels: readonly Label[]): string
}

/** A number: a count or a current value. */
export class NumberSeries implements Series {
  /** The current value. */
  value = 0

  lines(name: string, labels: readonly Label[]): string {
    return sampleLine(name, labels, this.value)
  }
}

/** A distribution: the number of measured values in each bucket. */
export class HistogramSeries implements Series {
  readonly #bounds: readonly number[]
  /** The counts by bucket, not cumulative; the last bucket has no upper bound. */
  readonly #counts: number[]
  #sum = 0

  /** @param bounds in ascending order, without infinity */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  /** Adds a measured value; `NaN` does not count. */
  observe(value: number): void {
    if (Number.isNaN(value)) return
    const bounds = this.#bounds
    let bucket = 0
    while (bucket < bounds.length && value > (bounds[bucket] ?? Infinity)) bucket += 1
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#sum += value
  }

  lines(name: string, labels: readonly Label[]): string {
    let lines = ""
    let count = 0
    for (const [bucket, bound] of [...this.#bounds, Infinity].entries()) {
      count += this.#counts[bucket] ?? 0
      lines += sampleLine(`${name}_bucket`, [...labels, ["le", numberText(bound)]], count)
    }
    const sum = sampleLine(`${name}_sum`, labels, this.#sum)
    return lines + sum + sampleLine(`${name}_count`, labels, count)
  }
}
