import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { dockerfile, systemdUnit, test as testOf } from "../../src/cli/project/init/templates.js"
import { docExamples } from "../support/doc-examples.js"
import { requireServer } from "../support/real-servers.js"
import { runHere } from "../support/run-here.js"

let folder = ""

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sounder-guides-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

const deploying = docExamples("docs/guides/deploying.md")
const unitFile = "# /etc/systemd/system/my-bot.service\n"

function codeOf(begins: string): string {
  return deploying.find(({ code }) => code.startsWith(begins))?.code ?? ""
}

test("the guide shows the systemd unit that `sounder init` writes", () => {
  expect(codeOf(unitFile)).toBe(unitFile + systemdUnit("my-bot", "bot.ts"))
})

test("the guide's unit is valid with the credentials and the socket that the guide adds", (context) => {
  const analyze = requireServer("systemd-analyze", context)
  const unit = codeOf(unitFile).replace("[Install]", `${codeOf("LoadCredential=")}[Install]`)
  const socket = codeOf("# /etc/systemd/system/my-bot.socket")
  expect(unit).toContain("LoadCredential=cert.pem:")
  writeFileSync(join(folder, "my-bot.service"), unit)
  writeFileSync(join(folder, "my-bot.socket"), socket)
  for (const name of ["my-bot.service", "my-bot.socket"]) {
    const { stderr } = spawnSync(analyze, ["verify", join(folder, name)], { encoding: "utf8" })
    expect(stderr.split("\n").filter((line) => line.includes("my-bot"))).toEqual([])
  }
})

test("the guide shows the Dockerfile that `sounder init` writes, with two lines for a webhook", () => {
  const lines = codeOf("FROM node").split("\n")
  const own = lines.filter((line) => !/^(EXPOSE|HEALTHCHECK) /.test(line))
  expect(own.join("\n")).toBe(dockerfile("bot.ts"))
  expect(lines.length - own.length).toBe(2)
})

test("the guide of the simulator shows the test that `sounder init` writes", () => {
  const programs = docExamples("docs/guides/simulator.md").map(({ code }) => code)
  expect(programs).toContain(testOf("ts"))
})

test("the commands of the guide write the key and certificate files that its programs read", async () => {
  const examples = docExamples("docs/guides/certificates.md")
  const commands = examples
    .filter(({ language }) => language === "sh")
    .flatMap(({ code }) => [
      ...code.matchAll(/^npx sounder (certificate (?!inspect).*?)(?: +#.*)?$/gm),
    ])
    .map(([, command = ""]) => command.split(" "))
  expect(commands).toHaveLength(3)
  for (const [name = "", host = "", flag, out = ""] of commands) {
    const ran = await runHere(name, host, "--out", join(folder, flag === "--out" ? out : ""))
    expect(ran).toMatchObject({ status: 0 })
  }
  const files = examples.flatMap(({ code }) => [
    ...code.matchAll(/\b(?:key|cert): "([^/"][^"]*)"/g),
  ])
  const paths = files.map(([, path = ""]) => path)
  expect(paths).toContain("sales/cert.pem")
  expect(paths.filter((path) => !existsSync(join(folder, path)))).toEqual([])
})
