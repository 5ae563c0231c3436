/**
 * Closes the formats that are still open at the end of an unfinished Markdown text: a piece of code, a link, and
 * bold, italic or struck-through text.
 */
export function closeOpen(markdown: string): string {
  if (isInFence(markdown)) return markdown
  const start = markdown.lastIndexOf("\n\n") + 1
  return markdown.slice(0, start) + closedLine(markdown.slice(start))
}

/** Returns whether the end of a text is within a block of code. */
function isInFence(markdown: string): boolean {
  let fence = ""
  for (const [, run = "", info = ""] of markdown.matchAll(/^ {0,3}(`{3,}|~{3,})(.*)$/gm)) {
    if (fence === "") fence = run
    else if (run.startsWith(fence) && info.trim() === "") fence = ""
  }
  return fence !== ""
}

/** A piece of code, an escaped character, or a run of the characters that begin and end a format. */
const delimiter = /\\[^]|(`+)|(\*{1,3}|_{1,3}|~~)/g

function closedLine(paragraph: string): string {
  const text = paragraph.replace(/!?\[([^\]\n]*)\]\([^()\s]*$/, "$1")
  const open: string[] = []
  delimiter.lastIndex = 0
  for (let match = delimiter.exec(text); match !== null; match = delimiter.exec(text)) {
    const [whole, ticks, marker] = match
    if (ticks !== undefined) {
      const end = text.indexOf(ticks, delimiter.lastIndex)
      if (end < 0) return ended(text, [...open, ticks])
      delimiter.lastIndex = end + ticks.length
    } else if (marker !== undefined) {
      const before = text.charAt(match.index - 1)
      const behind = text.charAt(match.index + whole.length)
      if (open.at(-1) === marker && /\S/.test(before)) open.pop()
      else if (canOpen(marker, before, behind)) open.push(marker)
    }
  }
  return ended(text, open)
}

function canOpen(marker: string, before: string, behind: string): boolean {
  if (/\s/.test(behind)) return false
  return marker.startsWith("~") || !/[\p{L}\p{N}]/u.test(before)
}

/** Ends formats after the last letter; leaves out those that have no text yet. */
function ended(text: string, open: readonly string[]): string {
  let kept = text.trimEnd()
  const left = [...open]
  for (let last = left.at(-1); last !== undefined && kept.endsWith(last); last = left.at(-1)) {
    kept = kept.slice(0, -last.length).trimEnd()
    left.pop()
  }
  return kept + left.toReversed().join("")
}
