/**
 * Traces with OpenTelemetry, made from `sounder/events` alone. They need the package
 * `@opentelemetry/api`; no other part of Sounder loads them.
 *
 * @see docs/guides/observability.md
 * @module
 */
export { Tracing, type TracingOptions } from "./tracing.js"
