import { join } from "node:path"
import * as Plot from "@observablehq/plot"
import { parseHTML } from "linkedom"
import type { Plugin } from "vite"
import { contenders } from "../../bench/delivery/contenders.ts"
import { worstOf } from "../../bench/delivery/report.ts"
import { ResultsFile } from "../../bench/delivery/results-file.ts"
import { ResultsFile as DialogsFile, resultsFile } from "../../bench/dialogs/results-file.ts"
import { judged } from "../../scripts/bench/judged.mjs"
import { latestResults } from "../../scripts/bench/latest-results.mjs"

/** A bar of a plot. */
interface Bar {
  readonly bot: string
  /** The panel of the plot. */
  readonly fault: string
  readonly count: number
}

/** A plot of a page of `docs/benchmarks`. */
interface PagePlot {
  /** The place in the Markdown of the page. */
  readonly place: RegExp
  readonly caption: string
  readonly scale: Plot.ScaleOptions
  readonly bars: (root: string) => Bar[]
  /** The colour of the bars. Default: that of faults. */
  readonly colour?: string
}

const plots: Readonly<Record<string, PagePlot>> = {
  delivery: {
    place: /^!\[[^\]]*\]\(delivery\.svg\)$/m,
    caption: "The worst fault of each bot, per million updates. The scale is logarithmic.",
    scale: { type: "log", domain: [1, 1e6], ticks: [1, 100, 1e4, 1e6], tickFormat: "~s" },
    bars: deliveryBars,
  },
  dialogs: {
    place: /^(?=\| bot \| people )/m,
    caption: "Dialogs that had a wrong end, and dialogs that had none, in percent of each bot.",
    scale: { ticks: 3 },
    bars: dialogBars,
  },
  speed: {
    place: /^(?=\| measurement \| )/m,
    caption:
      "Each measurement in percent of its aim, which is a minimum or a maximum. The scale is logarithmic.",
    scale: {
      type: "log",
      domain: [10, 1000],
      clamp: true,
      ticks: [10, 100, 1000],
      tickFormat: "~s",
    },
    bars: speedBars,
    colour: "var(--vp-c-brand-1)",
  },
}

/** Adds the plots of the recorded results to the pages of the benches. */
export function benchmarkPlots(root: string): Plugin {
  const pattern = new RegExp(`^${root}/?docs/benchmarks/([\\w-]+)\\.md$`)
  return {
    name: "benchmark-plots",
    enforce: "pre",
    transform(markdown, id) {
      const [, name = ""] = pattern.exec(id) ?? []
      const plot = plots[name]
      if (!plot) return undefined
      if (!plot.place.test(markdown)) throw new Error(`${name}.md has no place for its plot`)
      return markdown.replace(plot.place, () => `${figure(plot, root)}\n\n`)
    },
  }
}

/** Returns a plot in one line, because an empty line ends the HTML in a Markdown page. */
function figure({ caption, scale, bars, colour }: PagePlot, root: string): string {
  const svg = draw(bars(root), scale, colour)
  // Vue refuses styles inside of a page.
  svg.querySelector("style")?.remove()
  for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label")
  svg.setAttribute("role", "img")
  svg.setAttribute("aria-label", `${caption} The tables of this page have the figures.`)
  const drawing = svg.outerHTML.replaceAll("\n", " ")
  return `<figure class="plot" v-pre><div tabindex="0">${drawing}</div><figcaption>${caption}</figcaption></figure>`
}

const { document } = parseHTML("<html></html>")

/** Draws a panel for each fault, with a row for each bot. Colours come from the theme. */
function draw(bars: readonly Bar[], scale: Plot.ScaleOptions, colour = "var(--plot-bar)"): Element {
  const least = scale.type === "log" ? 1 : 0
  const rows = bars.map((bar) => ({ ...bar, least, end: Math.max(bar.count, least) }))
  const of = { fx: "fault", y: "bot" }
  return Plot.plot({
    document,
    width: 960,
    height: 70 + 22 * new Set(bars.map(({ bot }) => bot)).size,
    marginLeft: 290,
    marginRight: 90,
    style: { fontSize: "13px" },
    fx: { label: null, domain: new Set(bars.map(({ fault }) => fault)) },
    x: { ...scale, label: null },
    y: { label: null, domain: new Set(bars.map(({ bot }) => bot)) },
    marks: [
      Plot.barX(rows, { ...of, x1: "least", x2: "end", fill: colour }),
      Plot.text(rows, { ...of, x: "end", text: labelOf, textAnchor: "start", dx: 4 }),
    ],
  })
}

function labelOf({ count }: Bar): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 1 })
}

/** Returns the worst row of each bot of the scoreboard. */
function deliveryBars(root: string): Bar[] {
  const results = new ResultsFile(join(root, "bench/delivery/results.jsonl")).read()
  return contenders.flatMap(({ name, title, mode }) => {
    const own = results.filter(({ contender }) => contender === name)
    if (own.length === 0) return []
    const { lost, handledTwice, outOfOrder } = worstOf(own)
    const counts = { lost, "handled twice": handledTwice, "out of order": outOfOrder }
    return Object.entries(counts).map(([fault, count]) => ({
      bot: `${title}, ${mode}`,
      fault,
      count,
    }))
  })
}

/** Returns the shares of the dialogs with a wrong end and without an end. */
function dialogBars(root: string): Bar[] {
  const results = Object.entries(new DialogsFile(join(root, resultsFile)).read())
  return results
    .toSorted(([one], [other]) => one.localeCompare(other))
    .flatMap(([bot, { wrong, stuck, dialogs }]) => [
      { bot, fault: "wrong", count: (100 * wrong) / dialogs },
      { bot, fault: "stuck", count: (100 * stuck) / dialogs },
    ])
}

/** Returns the measurements in percent of their aims, apart by whether the aim is a maximum or a minimum. */
function speedBars(root: string): Bar[] {
  return latestResults(root).flatMap(({ measurement }) => {
    const { name, percent, isLower } = judged(measurement)
    const fault = isLower ? "at most 100" : "at least 100"
    return percent === undefined ? [] : [{ bot: name, fault, count: percent }]
  })
}
