import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { Simulator } from "@sounder/simulator"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { finished, packageFolder } from "../support/built.js"
import { freePort } from "../support/free-port.js"
import { packedInto } from "../support/packed.js"
import { peersFolder, requirePackages } from "../support/peers.js"

type Versions = Record<string, string>

interface Manifest {
  name: string
  private: boolean
  type: string
  scripts: Versions
  dependencies: Versions
  devDependencies: Versions
}

const examples = join(packageFolder, "examples")
const names = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
/** The examples that receive by a webhook. */
const onWebhook = ["custom-webhook", "nestjs"]
/** The example whose scripts are run by npm. The tests run the same commands of the others without npm, which is faster. */
const byNpm = "echo"
/** Settings whose values have a form. The others get the id of a person. */
const secrets: Versions = {
  FLEET_KEY: randomBytes(32).toString("base64"),
  FLEET_ADMIN_PASSWORD: randomBytes(24).toString("base64"),
}

/** A folder with the packed packages, as a user has them, in which each example is a folder. */
const folder = mkdtempSync(join(tmpdir(), "sounder-examples-"))

beforeEach((context) => requirePackages(context))

beforeAll(async () => {
  const { sounder, simulator } = await packedInto(folder)
  const others = names
    .flatMap((name) => Object.entries(dependenciesOf(name)))
    .filter(([name]) => name !== "sounder" && name !== "@sounder/simulator")
    .map(([name, range]) => `${name}@${testedVersion(name) ?? range}`)
  const packages = [sounder, simulator, ...new Set(others)]
  await run(folder, "npm", "install", ...packages, "--no-audit", "--no-fund")
  for (const name of names) {
    cpSync(join(examples, name), join(folder, name), {
      recursive: true,
      filter: (path) => !path.includes("node_modules"),
    })
  }
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("there are at least twenty examples, and the list names each", () => {
  expect(names.length).toBeGreaterThanOrEqual(20)
  const list = readFileSync(join(examples, "README.md"), "utf8")
  const linked = [...list.matchAll(/^\| \[[^\]]+\]\(([\w-]+)\) \|/gm)].map(([, name]) => name)
  expect(new Set(linked)).toEqual(new Set(names))
})

test("every example compiles", async () => {
  await run(folder, join(folder, "node_modules", ".bin", "tsc"), "--build", ...names)
})

test("npm runs the scripts of an example", async () => {
  const place = join(folder, byNpm)
  await run(place, "npm", "run", "types")
  await run(place, "npm", "test")
})

describe.each(names)("%s", (name) => {
  const place = join(folder, name)

  test("has the scripts and settings of all examples", () => {
    const { scripts, ...manifest } = manifestOf(name)
    expect(manifest).toMatchObject({ private: true, type: "module" })
    expect(scripts).toMatchObject({
      types: "tsc",
      test: "node --import tsx --test handlers.test.ts",
    })
    expect(scripts["start"]).toMatch(/bot\.ts$/)
    const { compilerOptions } = read("echo", "tsconfig.json") as { compilerOptions: object }
    expect(read(name, "tsconfig.json")).toMatchObject({ compilerOptions })
  })

  test("passes its test", async () => {
    await run(place, process.execPath, "--import", "tsx", "handlers.test.ts")
  })

  test("starts, and answers /start", async () => {
    await using telegram = await Simulator.start({ local: onWebhook.includes(name) })
    const account = telegram.bot({ username: "example_bot" })
    const ada = telegram.user({ first_name: "Ada" })
    cpSync(join(place, ".env.example"), join(place, ".env"))
    const port = await freePort()
    const command = name === byNpm ? "npm start" : (manifestOf(name).scripts["start"] ?? "")
    await using _bot = start(command, place, {
      ...Object.fromEntries(
        settingsOf(name).map((setting) => [setting, secrets[setting] ?? `${ada.id}`]),
      ),
      TELEGRAM_API_ROOT: telegram.apiRoot,
      BOT_TOKEN: account.token,
      PORT: `${port}`,
      ADMIN_PORT: "0",
      WEBHOOK_URL: `http://127.0.0.1:${port}/telegram`,
    })
    await ada.send(account, "/start")
    expect((await ada.hears({ timeoutMs: 60_000 })).text).toBeTruthy()
  })
})

function dependenciesOf(name: string): Versions {
  const { dependencies, devDependencies } = manifestOf(name)
  return { ...dependencies, ...devDependencies }
}

function manifestOf(name: string): Manifest {
  return read(name, "package.json") as Manifest
}

function read(name: string, file: string): unknown {
  return JSON.parse(readFileSync(join(examples, name, file), "utf8"))
}

/** Returns the version that other tests use, so that a new version of a package breaks no test. */
function testedVersion(name: string): string | undefined {
  const manifests = [packageFolder, peersFolder].map(
    (place) => JSON.parse(readFileSync(join(place, "package.json"), "utf8")) as Partial<Manifest>,
  )
  const versions: Versions = Object.assign(
    { tsx: "4.23.15" },
    ...manifests.flatMap(({ dependencies, devDependencies }) => [dependencies, devDependencies]),
  )
  return versions[name]
}

/** Returns the names of the variables of `.env.example`. */
function settingsOf(name: string): string[] {
  const text = readFileSync(join(examples, name, ".env.example"), "utf8")
  return [...text.matchAll(/^(\w+)=/gm)].map(([, setting = ""]) => setting)
}

async function run(place: string, program: string, ...args: string[]): Promise<void> {
  const { status, output } = await finished(program, args, place)
  expect(status, output).toBe(0)
}

/** Runs a command as npm would, until it is disposed of. */
function start(command: string, place: string, environment: Readonly<Record<string, string>>) {
  const programs = join(folder, "node_modules", ".bin")
  // A process group, because neither npm nor a shell passes a signal on to the bot in every version.
  const child = spawn(command, {
    cwd: place,
    env: {
      ...process.env,
      PATH: [programs, process.env["PATH"]].join(delimiter),
      ...environment,
    },
    stdio: ["ignore", "inherit", "inherit"],
    shell: true,
    detached: true,
  })
  return { [Symbol.asyncDispose]: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, "close")
  if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGTERM")
  await closed
}
