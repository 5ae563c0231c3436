import { MetricFamily, type MetricDescription } from "./metric-family.js"
import { HistogramSeries, NumberSeries } from "./series.js"

/** A function that reads values before the metrics are shown. It must not throw or reject. */
export type Collector = () => Promise<void>

/** All metrics of a `Metrics` object, in the order of their creation. */
export class Registry {
  readonly #families: { text(): string }[] = []
  readonly #collectors: Collector[] = []

  /** Adds a number that only grows. Its name ends in `_total`. */
  counter(description: MetricDescription): MetricFamily<NumberSeries> {
    return this.#add(new MetricFamily("counter", description, () => new NumberSeries()))
  }

  /** Adds a number that rises and falls. */
  gauge(description: MetricDescription): MetricFamily<NumberSeries> {
    return this.#add(new MetricFamily("gauge", description, () => new NumberSeries()))
  }

  /**
   * Adds a distribution of measured values.
   * @param description.bounds the upper bounds of the buckets, ascending
   */
  histogram(
    description: MetricDescription & { readonly bounds: readonly number[] },
  ): MetricFamily<HistogramSeries> {
    const make = () => new HistogramSeries(description.bounds)
    return this.#add(new MetricFamily("histogram", description, make))
  }

  /** Adds a function that runs each time before the metrics are shown. */
  onCollect(collector: Collector): void {
    this.#collectors.push(collector)
  }

  /** Returns all metrics in Prometheus' text format. */
  async text(): Promise<string> {
    await Promise.all(this.#collectors.map((collector) => collector()))
    return this.#families.map((family) => family.text()).join("")
  }

  #add<F extends { text(): string }>(family: F): F {
    this.#families.push(family)
    return family
  }
}
