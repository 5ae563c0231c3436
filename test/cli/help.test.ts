import { describe, expect, test } from "vitest"
import { runHere } from "./run-here.js"

const sounder = (...args: readonly string[]) => runHere(...args)

const helpOf = async (path: readonly string[]) => (await sounder(...path, "--help")).printed

/** The lines of one part of a help, each with what it goes on with. */
function part(help: string, title: string): string[] {
  const [, text = ""] = new RegExp(`^${title}:\n((?: .*\n)+)`, "m").exec(help) ?? []
  return text
    .replaceAll(/\n {3,}/g, " ")
    .trimEnd()
    .split("\n")
    .filter(Boolean)
}

/** A command and all below it, as arguments. */
async function withThoseBelow(path: readonly string[]): Promise<(readonly string[])[]> {
  const names = part(await helpOf(path), "Commands").map((line) => line.trim().split(" ")[0] ?? "")
  const below = names.filter((name) => name !== "help")
  const all = await Promise.all(below.map((name) => withThoseBelow([...path, name])))
  return [path, ...all.flat()]
}

const commands = (await withThoseBelow([])).map((path) => ({ path, name: path.join(" ") }))

test("the help finds every command", () => {
  expect(commands.map(({ name }) => name)).toEqual([
    "",
    "init",
    "dev",
    "run",
    "call",
    "certificate",
    "certificate inspect",
    "completion",
    "doctor",
    "proxy",
    "queue",
    "queue status",
    "queue list",
    "queue replay",
    "queue drop",
    "queue migrate",
    "simulate",
    "updates",
    "webhook",
    "webhook info",
    "webhook set",
    "webhook delete",
  ])
})

describe.each(commands)("sounder $name", ({ path, name }) => {
  test("--help is text of at most 80 characters a line, and ends with 0", async () => {
    const { status, printed, complaint } = await sounder(...path, "--help")
    expect({ status, complaint }).toEqual({ status: 0, complaint: "" })
    expect(printed).toMatch(new RegExp(`^Usage: sounder ${name}`))
    for (const line of printed.split("\n")) expect(line.length).toBeLessThanOrEqual(80)
    expect(printed).not.toMatch(/default: (\{\}|\[\])/)
  })

  test("--help breaks the lines of its description where they are full, and nowhere else", async () => {
    const [, description = ""] = (await helpOf(path)).split("\n\n")
    const lines = description.split("\n")
    for (const [index, line] of lines.slice(0, -1).entries()) {
      const [next = ""] = lines[index + 1]?.split(" ") ?? []
      expect(`${line} ${next}`.length).toBeGreaterThan(80)
    }
  })

  test("--help says something of each option, argument and command", async () => {
    const help = await helpOf(path)
    const listed = ["Options", "Arguments", "Commands"].flatMap((title) => part(help, title))
    for (const line of listed) expect(line).toMatch(/^ {2}\S.*? {2,}\S+ \S/)
    const inUsage = /^Usage: .*<(\w+)(?:\.\.\.)?>$/m.exec(help)?.[1]
    if (inUsage) expect(part(help, "Arguments").join("\n")).toMatch(new RegExp(`^ {2}${inUsage}`))
  })

  test("an unknown option is named, with where the known ones are listed, and ends with 2", async () => {
    const { status, printed, complaint } = await sounder(...path, "--frobnicate")
    expect({ status, printed }).toEqual({ status: 2, printed: "" })
    const command = ["sounder", ...path].join(" ")
    expect(complaint).toBe(`sounder: unknown option '--frobnicate'\nSee \`${command} --help\`.\n`)
  })
})

test("an option that several commands have means the same in each", async () => {
  const shared = ["--token", "--api-root", "--local", "--map", "--resolve", "--dns", "--schema"]
  const helps = await Promise.all(commands.map(({ path }) => helpOf(path)))
  const options = helps.flatMap((help) => part(help, "Options"))
  for (const name of shared) {
    const texts = options
      .filter((line) => line.trim().startsWith(`${name} `))
      .map((line) => line.replaceAll(/\s+/g, " "))
    expect(texts.length).toBeGreaterThan(1)
    expect(new Set(texts).size).toBe(1)
  }
})

test("what is nearly right is guessed", async () => {
  expect((await sounder("doctr")).complaint).toContain("(Did you mean doctor?)")
  expect((await sounder("webhook", "inf")).complaint).toContain("(Did you mean info?)")
  expect((await sounder("doctor", "--jsn")).complaint).toContain("(Did you mean --json?)")
})

test("a group without a command shows its help as a complaint", async () => {
  for (const group of ["webhook", "queue"]) {
    const { status, printed, complaint } = await sounder(group)
    expect({ status, printed }).toEqual({ status: 2, printed: "" })
    expect(complaint).toMatch(new RegExp(`^Usage: sounder ${group}`))
  }
})
