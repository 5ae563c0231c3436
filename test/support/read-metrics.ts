/** One sample of a text in Prometheus' format. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A parsed text in Prometheus' format. */
export interface ReadMetrics {
  readonly samples: readonly Sample[]
  /** The help and type of each metric. */
  readonly described: ReadonlyMap<string, { readonly help: string; readonly type: string }>
}

const sampleForm = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? ([^ ]+)$/s
const labelForm = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/y

/** Parses a text strictly: an invalid text throws. */
export function readMetrics(text: string): ReadMetrics {
  if (text !== "" && !text.endsWith("\n")) throw new Error("The last line has no end")
  const described = new Map<string, { help: string; type: string }>()
  const samples: Sample[] = []
  for (const line of text.split("\n").slice(0, -1)) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/s.exec(line) ?? []
    if (kind === "HELP") described.set(name, { help: unescaped(rest), type: "" })
    else if (kind === "TYPE") {
      const known = described.get(name)
      if (!known || known.type !== "") throw new Error(`TYPE without its HELP: ${line}`)
      known.type = rest
    } else samples.push(readSample(line))
  }
  return { samples, described }
}

/** Returns the value of a sample; `undefined` if the sample does not exist. */
export function sampleOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels)
  const found = readMetrics(text).samples.filter(
    (sample) =>
      sample.name === name &&
      Object.keys(sample.labels).length === wanted.length &&
      wanted.every(([label, value]) => sample.labels[label] === value),
  )
  if (found.length > 1) throw new Error(`${name} is there ${found.length} times`)
  return found[0]?.value
}

function readSample(line: string): Sample {
  const [, name, braces = "{}", number = ""] = sampleForm.exec(line) ?? []
  if (name === undefined) throw new Error(`Not a sample: ${line}`)
  return { name, labels: readLabels(braces.slice(1, -1)), value: readNumber(number) }
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let at = 0; at < text.length; at = labelForm.lastIndex) {
    labelForm.lastIndex = at
    const [, label, value = ""] = labelForm.exec(text) ?? []
    if (label === undefined || label in labels) throw new Error(`Not labels: ${text.slice(at)}`)
    labels[label] = unescaped(value)
  }
  return labels
}

function readNumber(text: string): number {
  if (text === "+Inf") return Infinity
  if (text === "-Inf") return -Infinity
  if (text === "NaN") return NaN
  if (!/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) throw new Error(`Not a number: ${text}`)
  return Number(text)
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_all, letter: string) => (letter === "n" ? "\n" : letter))
}
