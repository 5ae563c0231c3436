import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { run } from "../../src/cli/run.js"
import { docExamples } from "../support/doc-examples.js"

const file = "docs/guides/reverse-proxy.md"
const folder = mkdtempSync(join(tmpdir(), "sounder-guide-"))
afterAll(() => rmSync(folder, { recursive: true }))

const commands = docExamples(file)
  .filter(({ language }) => language === "sh")
  .flatMap(({ code }) => code.replaceAll("\\\n", " ").trim().split("\n"))

test("the guide has commands for every proxy", () => {
  for (const proxy of ["haproxy", "nginx", "caddy", "apache"]) {
    expect(
      commands.filter((command) => command.startsWith(`npx sounder proxy ${proxy} `)),
    ).not.toEqual([])
  }
})

test.each(commands)("%s", async (command) => {
  const [npx, sounder, ...args] = command.split(/ +/)
  expect([npx, sounder]).toEqual(["npx", "sounder"])
  const out = args.indexOf("--out")
  if (out >= 0) args[out + 1] = join(folder, args[out + 1] ?? "")
  if (args[0] === "certificate") args.push("--out", folder)
  let complaint = ""
  const status = await run(args, {
    print: () => {},
    complain: (text) => (complaint += text),
  })
  expect({ status, complaint }).toEqual({ status: 0, complaint: "" })
})

test("the guide's statements about unix sockets match the generated configuration", async () => {
  const guide = readFileSync(file, "utf8").replaceAll(/\s+/g, " ")
  const bot = ["--bot", "bot1.example.com=unix:/run/bots/bot1.sock"]
  const lines = {
    haproxy: "server bot unix@/run/bots/bot1.sock",
    nginx: "proxy_pass http://unix:/run/bots/bot1.sock:",
    caddy: "reverse_proxy unix//run/bots/bot1.sock",
  }
  for (const [proxy, line] of Object.entries(lines)) {
    let printed = ""
    const output = { print: (text: string) => void (printed += text), complain: () => {} }
    await run(["proxy", proxy, ...bot, "--certificates", "/c"], output)
    expect(printed).toContain(line)
    expect(guide).toContain(line)
  }
})
