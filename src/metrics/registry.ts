import { Family, type FamilyDescription } from "./family.js"
import { HistogramSeries, NumberSeries } from "./series.js"

/** A function that reads values before the metrics are shown. It must not throw or reject. */
export type Collect = () => Promise<void>

/** The metrics of one page, in the order of their creation. */
export class Registry {
  readonly #families: { text(): string }[] = []
  readonly #collects: Collect[] = []

  /** Adds a number that only grows. Its name ends in `_total`. */
  counter(description: FamilyDescription): Family<NumberSeries> {
    return this.#add(new Family("counter", description, () => new NumberSeries()))
  }

  /** Adds a number that rises and falls. */
  gauge(description: FamilyDescription): Family<NumberSeries> {
    return this.#add(new Family("gauge", description, () => new NumberSeries()))
  }

  /**
   * Adds a distribution of measured values.
   * @param description.bounds the upper bounds of the buckets, ascending
   */
  histogram(
    description: FamilyDescription & { readonly bounds: readonly number[] },
  ): Family<HistogramSeries> {
    const make = () => new HistogramSeries(description.bounds)
    return this.#add(new Family("histogram", description, make))
  }

  /** Adds a function that runs each time before the metrics are shown. */
  onCollect(collect: Collect): void {
    this.#collects.push(collect)
  }

  /** Returns all metrics in Prometheus' text format. */
  async text(): Promise<string> {
    await Promise.all(this.#collects.map((collect) => collect()))
    return this.#families.map((family) => family.text()).join("")
  }

  #add<F extends { text(): string }>(family: F): F {
    this.#families.push(family)
    return family
  }
}
