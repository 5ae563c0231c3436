import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { runHere } from "../support/run-here.js"

const sounder = (...args: readonly string[]) => runHere(...args)

const helpOf = async (path: readonly string[]) => (await sounder(...path, "--help")).printed

/** Returns the lines of one part of a help, each joined with its continuation. */
function part(help: string, title: string): string[] {
  const [, text = ""] = new RegExp(`^${title}:\n((?: .*\n)+)`, "m").exec(help) ?? []
  return text
    .replaceAll(/\n {3,}/g, " ")
    .trimEnd()
    .split("\n")
    .filter(Boolean)
}

/** Returns a command and all of its subcommands, as arguments. */
async function withSubcommands(path: readonly string[]): Promise<(readonly string[])[]> {
  const names = part(await helpOf(path), "Commands").map((line) => line.trim().split(" ")[0] ?? "")
  const below = names.filter((name) => name !== "help")
  const all = await Promise.all(below.map((name) => withSubcommands([...path, name])))
  return [path, ...all.flat()]
}

const commands = (await withSubcommands([])).map((path) => ({ path, name: path.join(" ") }))

test("every command has help", () => {
  expect(commands.map(({ name }) => name)).toEqual([
    "",
    "init",
    "dev",
    "run",
    "test",
    "call",
    "certificate",
    "certificate inspect",
    "completion",
    "doctor",
    "fleet",
    "fleet add",
    "fleet remove",
    "fleet park",
    "fleet wake",
    "fleet list",
    "fleet status",
    "fleet rekey",
    "fleet admin",
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
  test("--help prints lines of at most 80 characters, and exits with 0", async () => {
    const { status, printed, complaint } = await sounder(...path, "--help")
    expect({ status, complaint }).toEqual({ status: 0, complaint: "" })
    expect(printed).toMatch(new RegExp(`^Usage: sounder ${name}`))
    for (const line of printed.split("\n")) expect(line.length).toBeLessThanOrEqual(80)
    expect(printed).not.toMatch(/default: (\{\}|\[\])/)
  })

  test("--help wraps the lines of its description only where they are full", async () => {
    const [, description = ""] = (await helpOf(path)).split("\n\n")
    const lines = description.split("\n")
    for (const [index, line] of lines.slice(0, -1).entries()) {
      const [next = ""] = lines[index + 1]?.split(" ") ?? []
      expect(`${line} ${next}`.length).toBeGreaterThan(80)
    }
  })

  test("--help describes each option, argument and command", async () => {
    const help = await helpOf(path)
    const listed = ["Options", "Arguments", "Commands"].flatMap((title) => part(help, title))
    for (const line of listed) expect(line).toMatch(/^ {2}\S.*? {2,}\S+ \S/)
    const inUsage = /^Usage: .*<(\w+)(?:\.\.\.)?>$/m.exec(help)?.[1]
    if (inUsage) expect(part(help, "Arguments").join("\n")).toMatch(new RegExp(`^ {2}${inUsage}`))
  })

  test("an unknown option is named, with where to find the known ones, and the exit code is 2", async () => {
    const { status, printed, complaint } = await sounder(...path, "--frobnicate")
    expect({ status, printed }).toEqual({ status: 2, printed: "" })
    const command = ["sounder", ...path].join(" ")
    expect(complaint).toBe(`sounder: unknown option '--frobnicate'\nSee \`${command} --help\`.\n`)
  })
})

const token = "1234567:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"

describe.each(commands)("no error of sounder $name shows", ({ path }) => {
  const hidden = "hunter2"

  test.each([
    [`--token=${token}`, ...path],
    [...path, `--tokn=${token}`],
    [...path, "--tokn", token],
    [...path, `--tokn=1234567:${hidden}`],
    [...path, `--secrt=it's ${hidden}`],
    [...path, "--nonsense", `https://api.telegram.org/bot${token}`],
  ])("a token or a secret: %s %s %s %s", async (...args) => {
    const { status, printed, complaint } = await sounder(...args)
    expect(status).toBe(2)
    expect(complaint).toMatch(/unknown (?:option '--\w+'|command)/)
    expect(printed + complaint).not.toContain(token.slice(8))
    expect(printed + complaint).not.toContain(hidden)
  })
})

test.each([
  [token],
  ["webhook", token],
  ["queue", token],
  ["proxy", token],
  ["call", "getMe", token],
  ["completion", token],
  ["certificate", token],
  ["certificate", "inspect", token],
  ["queue", "drop", token],
  ["fleet", token],
  ["fleet", "add", token],
  ["fleet", "park", token],
  ["doctor", token],
  ["run", token],
  ["dev", token],
  ["doctor", "https://a.example/", "--dns", token],
  ["doctor", "https://a.example/", "--timeout", token],
  ["webhook", "info", "--env-file", token],
])("a token in the wrong place is not shown: %s %s %s", async (...args) => {
  const { status, printed, complaint } = await sounder(...args)
  expect(status).not.toBe(0)
  expect(complaint + printed).not.toContain(token.slice(8))
})

test.each(["hunter2", "hun/ter2", "hunt@er2", "8443hunter2", "hunter2?#"])(
  "a URL has its password redacted %s",
  async (password) => {
    const report = await sounder("doctor", `ftp://me:${password}@host.example/`)
    expect(report.printed).toContain("ftp://<password>@host.example/")
    expect(report.printed).not.toContain("2@host")
    const apiRoot = `http://me:${password}@host.example:8081/api`
    const { complaint } = await sounder("webhook", "info", "--token", token, "--api-root", apiRoot)
    expect(complaint).toContain('got `"http://<password>@host.example:8081/api"`')
  },
)

test("a URL without a password is shown in full", async () => {
  const apiRoot = "ftp://host.example:8081/@me"
  const { complaint } = await sounder("webhook", "info", "--token", token, "--api-root", apiRoot)
  expect(complaint).toContain(apiRoot)
})

test("an option of several commands has the same meaning in each", async () => {
  const shared = [
    ...[
      "--token",
      "--api-root",
      "--env-file",
      "--local",
      "--map",
      "--resolve",
      "--dns",
      "--schema",
    ],
    ...["--port", "--state", "--open", "--log"],
  ]
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

test("`sounder version` prints the version, too", async () => {
  expect(await sounder("version")).toEqual(await sounder("--version"))
})

test("the help of sounder itself begins with the first sentence of the README", async () => {
  const [, sentence = ""] = /^# Sounder\n\n(.+)$/m.exec(readFileSync("README.md", "utf8")) ?? []
  const [, description = ""] = (await helpOf([])).split("\n\n")
  expect(description.replaceAll("\n", " ")).toBe(sentence)
})

test("the help of `proxy` says that the file replaces the proxy's configuration", async () => {
  expect(await helpOf(["proxy"])).toMatch(/replaces\s+the\s+proxy's\s+current\s+configuration/)
})

test.each([[], ["simulate"]])("-v prints the version, as --version does: %j", async (...path) => {
  const short = await sounder(...path, "-v")
  expect(short).toEqual(await sounder(...path, "--version"))
  expect(short).toMatchObject({ status: 0, printed: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
})

test.each([
  [["--env-file", ".env", "doctor"], "--env-file", "doctor"],
  [["--token=42:x", "webhook", "info"], "--token", "webhook info"],
])(
  "an option before its command is reported with its right place: %j",
  async (args, option, name) => {
    const { status, printed, complaint } = await sounder(...args)
    expect({ status, printed }).toEqual({ status: 2, printed: "" })
    expect(complaint).toBe(
      `sounder: unknown option '${option}' here: write it after the command, as in \`sounder ${name} ${option} …\`\n` +
        `See \`sounder ${name} --help\`.\n`,
    )
  },
)

test("a misspelt word is reported with the nearest known one", async () => {
  expect((await sounder("doctr")).complaint).toContain("(Did you mean doctor?)")
  expect((await sounder("webhook", "inf")).complaint).toContain("(Did you mean info?)")
  expect((await sounder("doctor", "--jsn")).complaint).toContain("(Did you mean --json?)")
})

test("a group without a subcommand prints its help as an error", async () => {
  for (const group of ["webhook", "queue"]) {
    const { status, printed, complaint } = await sounder(group)
    expect({ status, printed }).toEqual({ status: 2, printed: "" })
    expect(complaint).toMatch(new RegExp(`^Usage: sounder ${group}`))
  }
})

test("every help has examples, each with an existing command and existing options", async () => {
  for (const { path, name } of commands) {
    const shown = part(await helpOf(path), "Examples").map((line) => line.trim())
    expect({ name, count: shown.length }).not.toEqual({ name, count: 0 })
    for (const example of shown) {
      expect(example).toMatch(/^\$ (?:npx )?(sounder|telegram-simulator) ?/)
      const words = example.split(" ").slice(2)
      const [command = path] = commands
        .map((one) => one.path)
        .filter((one) => one.every((word, index) => words[index] === word))
        .toSorted((one, other) => other.length - one.length)
      if (name !== "" && !isGroup(path))
        expect({ example, command }).toEqual({ example, command: path })
      const help = await helpOf(command)
      const flags = words.filter((word) => word.startsWith("--"))
      for (const flag of flags) expect(help).toMatch(new RegExp(`^ +(?:-\\w, )?${flag}\\b`, "m"))
    }
  }
})

test("the examples of `proxy` write a configuration", async () => {
  const examples = part(await helpOf(["proxy"]), "Examples")
  expect(examples.length).toBeGreaterThan(1)
  for (const example of examples) {
    const ran = await sounder(...example.trim().split(" ").slice(2))
    expect(ran, example).toMatchObject({ status: 0, complaint: "" })
  }
})

/** Returns true if a command has subcommands only. */
function isGroup(path: readonly string[]): boolean {
  return commands.some(
    (one) => one.path.length > path.length && one.path.join(" ").startsWith(path.join(" ")),
  )
}

test("a help names the environment variables that its command reads", async () => {
  const byOption: Readonly<Record<string, readonly string[]>> = {
    "--token": ["BOT_TOKEN"],
    "--api-root": ["TELEGRAM_API_ROOT", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"],
    "--database": ["DATABASE_URL"],
  }
  for (const { path, name } of commands) {
    const help = await helpOf(path)
    const options = part(help, "Options").join("\n")
    const named = part(help, "Environment").join("\n")
    for (const [option, variables] of Object.entries(byOption)) {
      const isRead = name === "" || new RegExp(`^ +${option} `, "m").test(options)
      for (const variable of variables) {
        expect({ name, variable, isNamed: new RegExp(`\\b${variable}\\b`).test(named) }).toEqual({
          name,
          variable,
          isNamed: isRead,
        })
      }
    }
  }
})

test("an environment variable that the commands read is named in a help", async () => {
  const helps = (await Promise.all(commands.map(({ path }) => helpOf(path)))).join("\n")
  const read = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => /^(cli|bot)\/.*\.ts$/.test(file) && !file.endsWith("templates.ts"))
    .map((file) => readFileSync(`src/${file}`, "utf8").replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, ""))
    .flatMap((text) => [...text.matchAll(/\benv\??\.?(?:\["|\.)?([A-Z][A-Z_]+)\b/g)])
    .map(([, variable = ""]) => variable)
  expect(read).toContain("BOT_TOKEN")
  // TERM describes the terminal.
  for (const variable of read) if (variable !== "TERM") expect(helps).toContain(variable)
})

test("where a token or a database is read, the file of --env-file may contain it", async () => {
  for (const { path, name } of commands) {
    const options = part(await helpOf(path), "Options").join("\n")
    if (/^ +--(token|database) /m.test(options))
      expect({ name, options }).toMatchObject({
        options: expect.stringContaining("--env-file") as unknown,
      })
  }
})

describe("an unknown command", () => {
  test.each([
    [["help", "doctr"], "doctr", "doctor"],
    [["help", "webhook", "inf"], "inf", "info"],
    [["webhook", "help", "sett"], "sett", "set"],
    [["doctr", "--help"], "doctr", "doctor"],
    [["queue", "lst", "--file", "x", "--help"], "lst", "list"],
    [["webhok"], "webhok", "webhook"],
    [["queue", "reply", "1:2"], "reply", "replay"],
  ])(
    "is named with the nearest one, and the exit code is 2: %j",
    async (args, unknown, nearest) => {
      const { status, printed, complaint } = await sounder(...args)
      expect({ status, printed }).toEqual({ status: 2, printed: "" })
      expect(complaint).toContain(`sounder: unknown command '${unknown}'`)
      expect(complaint).toContain(`(Did you mean ${nearest}?)`)
    },
  )

  test("is named without a suggestion if none is near", async () => {
    const { status, complaint } = await sounder("help", "frobnicate")
    expect(status).toBe(2)
    expect(complaint).toBe("sounder: unknown command 'frobnicate'\nSee `sounder --help`.\n")
  })

  test("`help` prints the help of every command", async () => {
    for (const { path } of commands) {
      expect(await sounder("help", ...path)).toEqual(await sounder(...path, "--help"))
    }
  })
})

describe("an error names the option", () => {
  const api = [
    "--token",
    "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "--api-root",
    "http://127.0.0.1:9",
  ]
  const proxy = ["proxy", "nginx", "--bot", "bot.example.com=127.0.0.1:5000"]
  test.each<[string, readonly string[]]>([
    ["--days", ["certificate", "bot.example.com", "--days", "0"]],
    ["--days", ["certificate", "bot.example.com", "--days", "99999"]],
    ["--type", ["certificate", "bot.example.com", "--type", "dsa"]],
    ["<host>", ["certificate", "https://bot.example.com/"]],
    ["--url", ["certificate", "inspect", "package.json", "--url", "nonsense"]],
    [
      "--max-connections",
      ["webhook", "set", "https://a.example/", ...api, "--max-connections", "0"],
    ],
    ["--secret", ["webhook", "set", "https://a.example/", ...api, "--secret", "ü"]],
    ["--ip-address", ["webhook", "set", "https://a.example/", ...api, "--ip-address", "x"]],
    ["--cert", ["webhook", "set", "https://a.example/", ...api, "--cert", "/nowhere.pem"]],
    ["<url>", ["webhook", "set", "ftp://a.example/", ...api]],
    ["--api-root", ["webhook", "info", ...api.slice(0, 2), "--api-root", "ftp://x"]],
    ["--token", ["webhook", "info", "--token", "nonsense"]],
    ["--env-file", ["webhook", "info", "--env-file", "/nowhere.env"]],
    ["--secret", ["doctor", "https://a.example/", "--secret", ""]],
    ["--backend", ["doctor", "https://a.example/", "--backend", "nonsense"]],
    ["--timeout", ["doctor", "https://a.example/", "--timeout", "0"]],
    ["--dns", ["doctor", "https://a.example/", "--dns", "nonsense"]],
    ["--dns", ["doctor", "https://a.example/", "--dns", "1.1.1.1:99999"]],
    ["--dns", ["doctor", "https://a.example/", "--dns", "1.1.1.1:0"]],
    ["--resolve", ["doctor", "https://a.example/", "--resolve", "a.example=999.1.1.1"]],
    ["--resolve", ["doctor", "https://a.example/", "--resolve", "a.example=1.2.3"]],
    ["--resolve", ["doctor", "https://a.example/", "--resolve", "a.example=:::"]],
    ["--map", ["doctor", "https://a.example/", "--map", "a.example:443=127.0.0.1:99999"]],
    ["--map", ["doctor", "https://a.example/", "--map", "a.example:99443=127.0.0.1:9"]],
    ["--cert", ["doctor", "https://a.example/", "--cert", "/nowhere.pem"]],
    ["--listen", [...proxy, "--listen", "nonsense"]],
    ["--stats", [...proxy, "--stats", "nonsense"]],
    ["--resolver", [...proxy, "--resolver", "non sense"]],
    ["--user", [...proxy, "--user", "a b"]],
    ["--bot", ["proxy", "nginx", "--bot", "bot.example.com=:x"]],
    ["--limit", ["queue", "list", "--file", "x.db", "--limit", "0"]],
    [
      "--schema",
      ["queue", "status", "--database", "postgres://127.0.0.1:9/x", "--schema", "a b\u0000"],
    ],
    ["--port", ["dev", "package.json", "--port", "70000"]],
    ["`--passthrough`", ["proxy", "nginx", "--bot", "203.0.113.7=127.0.0.1:5000", "--passthrough"]],
    ["--env-file", ["run", "package.json", "--env-file", "/nowhere.env"]],
    ["--env-file", ["run", "package.json", "--env-file", "src"]],
    ["--env-file", ["webhook", "info", "--env-file", "src"]],
    ["--env-file", ["doctor", "--env-file", "src"]],
  ])("%s: %j", async (flag, args) => {
    const { status, complaint } = await sounder(...args)
    expect(status).toBeGreaterThan(0)
    expect(complaint).toContain(flag)
    expect(complaint).not.toMatch(/`[a-z][A-Za-z]*` option|option `[a-z]/)
  })
})
