/**
 * Traces with OpenTelemetry, made of what `sounder/events` tells. Needs the package
 * `@opentelemetry/api`; nothing of this is loaded by the rest of Sounder.
 *
 * @see docs/guides/observability.md
 * @module
 */
export { Tracing, type TracingOptions } from "./tracing.js"
