import { readFileSync } from "node:fs"

/** Rows of names, the highest first. Names of one row never import each other. */
export type Rows = readonly (readonly string[])[]

/** The drawings of ARCHITECTURE.md: the floors of `src/`, and the rooms of floors by their name. */
export interface FloorDrawings {
  readonly floors: Rows
  readonly rooms: ReadonlyMap<string, Rows>
}

/** Reads the drawings of a page: code blocks that are marked `floors` or `rooms of …`. */
export function readDrawings(page = readFileSync("ARCHITECTURE.md", "utf8")): FloorDrawings {
  const blocks = [...page.matchAll(/^```(floors|rooms of (\S+))\n(.*?)^```/gms)]
  const drawings = blocks.map(([, , floor = "", text = ""]) => [floor, rowsOf(text)] as const)
  const { 0: floors = [], ...others } = drawings.filter(([floor]) => floor === "").map(([, r]) => r)
  if (floors.length === 0 || Object.keys(others).length > 0) {
    throw new Error("Expected ARCHITECTURE.md to have one drawing of the floors.")
  }
  return { floors, rooms: new Map(drawings.filter(([floor]) => floor !== "")) }
}

/** Returns the names of each line, without its explanation. */
function rowsOf(text: string): Rows {
  const lines = text.split("\n").filter((line) => line.trim() !== "")
  return lines.map((line) => (line.split("│")[0] ?? "").trim().split(/\s+/))
}
