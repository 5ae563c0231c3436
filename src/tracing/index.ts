/**
 * Traces with OpenTelemetry, made from `sounder/events` alone. Only this part of Sounder needs the package
 * `@opentelemetry/api`.
 *
 * @see docs/guides/observability.md
 * @module
 */
export { Tracing, type TracingOptions } from "./tracing.js"
