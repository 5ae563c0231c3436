/**
 * Metrics for Prometheus, made of what `sounder/events` tells. Nothing of this is loaded by the
 * rest of Sounder.
 *
 * @see docs/guides/observability.md
 * @module
 */
export { Metrics, type MetricsOptions } from "./metrics.js"
export type { WatchedQueue, WatchedStatus } from "./queue-gauges.js"
export { type MetricsServer, serveMetrics, type ServeMetricsOptions } from "./serve-metrics.js"
export type { WatchedBot } from "./telegram-gauges.js"
