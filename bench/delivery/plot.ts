import { contenders } from "./contenders.js"
import { worstOf } from "./report.js"
import type { Result } from "./results-file.js"

const panels = ["lost", "handled twice", "out of order"] as const
const nameWidth = 250
const panelWidth = 200
const gap = 20
const rowHeight = 22
const top = 58
/** The scale is logarithmic, from one in a million to all. */
const decades = 6

/** Returns an SVG with the worst row of every contender as bars, legible on light and on dark. */
export function plot(results: readonly Result[]): string {
  const rows = contenders.flatMap(({ name, title, mode }) => {
    const ownResults = results.filter(({ contender }) => contender === name)
    if (ownResults.length === 0) return []
    const { lost, handledTwice, outOfOrder } = worstOf(ownResults)
    return [{ label: `${title}, ${mode}`, worst: [lost, handledTwice, outOfOrder] }]
  })
  const width = nameWidth + panels.length * (panelWidth + gap)
  const height = top + rows.length * rowHeight + 14
  const parts = [
    text(nameWidth - 10, 18, "per million, the worst fault", "end"),
    ...panels.flatMap((title, panel) => axis(title, panel, height)),
    ...rows.flatMap(({ label, worst }, row) => [
      text(nameWidth - 10, yOf(row) + 11, label, "end"),
      ...worst.flatMap((value, panel) => bar(value, panel, row)),
    ]),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label(rows)}">
<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
line { stroke: #d1d9e0 }
.bad { fill: #cf222e }
.good { fill: #1a7f37; font-weight: 600 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  line { stroke: #3d444d }
  .bad { fill: #f85149 }
  .good { fill: #3fb950 }
}
</style>
${parts.join("\n")}
</svg>
`
}

function axis(title: string, panel: number, height: number): string[] {
  const start = startOf(panel)
  const marks = [0, 2, 4, 6].flatMap((decade) => {
    const x = start + (decade / decades) * (panelWidth - 50)
    const label = (10 ** decade).toLocaleString("en-US", { notation: "compact" })
    const line = `<line x1="${x}" x2="${x}" y1="${top - 6}" y2="${height - 10}"/>`
    return [line, text(x, top - 12, label, "middle")]
  })
  return [text(start, 18, title, "start"), ...marks]
}

function bar(value: number, panel: number, row: number): string[] {
  const x = startOf(panel)
  const y = yOf(row)
  if (value === 0) return [text(x + 4, y + 11, "0", "start", "good")]
  const share = Math.max(0.15, Math.log10(value)) / decades
  const width = Math.round(share * (panelWidth - 50))
  const amount = value.toLocaleString("en-US")
  return [
    `<rect class="bad" x="${x}" y="${y}" width="${width}" height="14" rx="2"/>`,
    text(x + width + 4, y + 11, amount, "start"),
  ]
}

function label(rows: readonly { label: string; worst: readonly number[] }[]): string {
  const each = rows.map(({ label, worst }) => `${label}: ${worst.join(", ")}`)
  return `${panels.join(", ")}, per million. ${each.join(". ")}`
}

function text(x: number, y: number, content: string, anchor: string, kind = ""): string {
  const name = kind === "" ? "" : ` class="${kind}"`
  return `<text${name} x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`
}

function startOf(panel: number): number {
  return nameWidth + panel * (panelWidth + gap)
}

function yOf(row: number): number {
  return top + row * rowHeight
}
