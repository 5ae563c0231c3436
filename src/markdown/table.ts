import type { Tokens } from "marked"
import { inlineOf } from "./inline.js"

/** Returns a table as lines of the same length, for a fixed-width font. */
export function tableOf(table: Tokens.Table): string {
  const rows = [table.header, ...table.rows].map((row) => row.map(cellText))
  const widths = table.header.map((_, column) =>
    Math.max(...rows.map((row) => width(row[column] ?? ""))),
  )
  const lines = rows.map((row) =>
    widths
      .map((size, column) => aligned(row[column] ?? "", size, table.align[column]))
      .join(" │ ")
      .trimEnd(),
  )
  const rule = widths.map((size) => "─".repeat(size)).join("─┼─")
  return [lines[0], rule, ...lines.slice(1)].join("\n")
}

function cellText({ tokens }: Tokens.TableCell): string {
  return inlineOf(tokens).text.replaceAll("\n", " ")
}

function width(text: string): number {
  return [...text].length
}

function aligned(text: string, size: number, align: Tokens.Table["align"][number] | undefined) {
  const space = size - width(text)
  if (align === "right") return " ".repeat(space) + text
  if (align !== "center") return text + " ".repeat(space)
  const before = Math.floor(space / 2)
  return " ".repeat(before) + text + " ".repeat(space - before)
}
