/**
 * Metrics for Prometheus, made from `sounder/events` alone. No other part of Sounder loads them.
 *
 * @see docs/guides/observability.md
 * @module
 */
export { Metrics, type MetricsOptions } from "./metrics.js"
export type { WatchedQueue, WatchedStatus } from "./queue-gauges.js"
export { type MetricsServer, serveMetrics, type ServeMetricsOptions } from "./serve-metrics.js"
export type { WatchedBot } from "./telegram-gauges.js"
