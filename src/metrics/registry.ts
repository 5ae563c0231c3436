import { Family, type FamilyDescription } from "./family.js"
import { HistogramSeries, NumberSeries } from "./series.js"

/** What has to be read before the metrics are shown. Must not throw or reject. */
export type Collect = () => Promise<void>

/** All metrics of one page, in the order in which they were made. */
export class Registry {
  readonly #families: { text(): string }[] = []
  readonly #collects: Collect[] = []

  /** A number that only grows. Its name ends in `_total`. */
  counter(description: FamilyDescription): Family<NumberSeries> {
    return this.#add(new Family("counter", description, () => new NumberSeries()))
  }

  /** A number that goes up and down. */
  gauge(description: FamilyDescription): Family<NumberSeries> {
    return this.#add(new Family("gauge", description, () => new NumberSeries()))
  }

  /** How what was measured is spread. @param description.bounds of the buckets, ascending */
  histogram(
    description: FamilyDescription & { readonly bounds: readonly number[] },
  ): Family<HistogramSeries> {
    const make = () => new HistogramSeries(description.bounds)
    return this.#add(new Family("histogram", description, make))
  }

  /** Reads something each time before the metrics are shown. */
  onCollect(collect: Collect): void {
    this.#collects.push(collect)
  }

  /** All of them in Prometheus' text format. */
  async text(): Promise<string> {
    await Promise.all(this.#collects.map((collect) => collect()))
    return this.#families.map((family) => family.text()).join("")
  }

  #add<F extends { text(): string }>(family: F): F {
    this.#families.push(family)
    return family
  }
}
