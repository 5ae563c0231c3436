/**
 * Prometheus' text format, version 0.0.4.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 * @module
 */

/** The content type of a text in this format. */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

/** A label of one sample: its name and its value. */
export type Label = readonly [name: string, value: string]

/** Returns the two lines in front of the samples of a metric. */
export function headerLines(name: string, help: string, type: string): string {
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`
}

/**
 * Returns the line of one sample. A label with an empty value is left out, because Prometheus treats a
 * missing label as an empty one.
 */
export function sampleLine(name: string, labels: readonly Label[], value: number): string {
  const nonEmpty = labels.filter(([, text]) => text !== "")
  const pairs = nonEmpty.map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  const braces = pairs.length > 0 ? `{${pairs.join(",")}}` : ""
  return `${name}${braces} ${numberText(value)}\n`
}

/** Returns a number in the notation of Go, which the format requires. */
export function numberText(value: number): string {
  if (value === Infinity) return "+Inf"
  return value === -Infinity ? "-Inf" : String(value)
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}
