import { execFile } from "node:child_process"
import { createPrivateKey, X509Certificate } from "node:crypto"
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { certificateProblems } from "../../src/certificate/index.js"
import { runHere } from "../support/run-here.js"
import { built, packageFolder } from "../support/built.js"

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-cli-"))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs the command in this process. */
const sounder = (...args: readonly string[]) => runHere(...args)

const file = (name: string) => readFile(join(folder, name), "utf8")

test("sounder certificate HOST writes a certificate, and a key that only its owner can read", async () => {
  const { status, complaint } = await sounder("certificate", "203.0.113.7", "--out", folder)
  expect({ status, complaint }).toEqual({ status: 0, complaint: "" })
  const [key, cert] = [await file("private.key"), await file("cert.pem")]
  expect(certificateProblems({ key, cert, host: "203.0.113.7", uploaded: true })).toEqual([])
  expect((await stat(join(folder, "private.key"))).mode & 0o777).toBe(0o600)
  expect((await readdir(folder)).toSorted()).toEqual(["203.0.113.7.pem", "cert.pem", "private.key"])
})

test("HOST.pem contains both, the certificate first, readable by its owner only", async () => {
  await sounder("certificate", "*.Example.com", "bot.example.org", "--out", folder)
  const [key, cert] = [await file("private.key"), await file("cert.pem")]
  expect(await file("wildcard.example.com.pem")).toBe(cert + key)
  expect((await stat(join(folder, "wildcard.example.com.pem"))).mode & 0o777).toBe(0o600)
  const { printed } = await sounder("certificate", "b.example", "--out", folder, "--force")
  expect(printed).toContain(`Both are also in ${join(folder, "b.example.pem")}, for a proxy.`)
})

test("the output says which files were written and how a bot uses them, and never contains the key", async () => {
  const { printed } = await sounder("certificate", "bot.example.com", "--out", folder)
  const paths = ["private.key", "cert.pem"].map((name) => join(folder, name))
  expect(printed).toContain(`Wrote ${paths[0]} (keep it secret) and ${paths[1]}`)
  expect(printed).toContain("await updater.runWebhook({")
  expect(printed).not.toContain("urlPath")
  expect(printed).toContain(`key: ${JSON.stringify(paths[0])}`)
  expect(printed).toContain(`webhookUrl: "https://bot.example.com:8443/hook"`)
  expect(printed).not.toContain("PRIVATE KEY")
})

test("the example for a wildcard name has a matching host", async () => {
  const { printed } = await sounder("certificate", "*.example.com", "--out", folder)
  expect(printed).toContain("https://bot.example.com:8443/hook")
})

test("--days and --type are obeyed, and a missing folder is created", async () => {
  const out = join(folder, "new", "folder")
  const { status } = await sounder(
    ...["certificate", "a.example", "b.example", "--days", "30", "--type", "rsa", "--out", out],
  )
  expect(status).toBe(0)
  const { validTo, subjectAltName } = new X509Certificate(await file("new/folder/cert.pem"))
  expect(subjectAltName).toBe("DNS:a.example, DNS:b.example")
  expect(Date.parse(validTo) - Date.now()).toBeLessThan(31 * 24 * 60 * 60 * 1000)
  expect(createPrivateKey(await file("new/folder/private.key")).asymmetricKeyType).toBe("rsa")
})

describe("existing files", () => {
  test.each([
    ["private.key", "cert.pem"],
    ["cert.pem", "private.key"],
    ["a.example.pem", "cert.pem"],
  ])("%s is unchanged, and %s is not written either", async (there, missing) => {
    await writeFile(join(folder, there), "precious")
    const { status, printed, complaint } = await sounder(
      "certificate",
      "a.example",
      "--out",
      folder,
    )
    expect({ status, printed }).toEqual({ status: 1, printed: "" })
    expect(complaint).toMatch(/^sounder: .*already exists, and no file was written.*--force.*\n$/)
    expect(await file(there)).toBe("precious")
    expect(await readdir(folder)).not.toContain(missing)
  })

  test("--force replaces both, and the new key is readable by its owner only", async () => {
    for (const name of ["private.key", "cert.pem"]) await writeFile(join(folder, name), "old")
    await chmod(join(folder, "private.key"), 0o644)
    const { status } = await sounder("certificate", "a.example", "--out", folder, "--force")
    expect(status).toBe(0)
    const [key, cert] = [await file("private.key"), await file("cert.pem")]
    expect(certificateProblems({ key, cert, host: "a.example", uploaded: true })).toEqual([])
    expect((await stat(join(folder, "private.key"))).mode & 0o777).toBe(0o600)
  })

  test("a key is removed if its certificate cannot be written", async () => {
    await mkdir(join(folder, "cert.pem", "full"), { recursive: true })
    const { status } = await sounder("certificate", "a.example", "--out", folder, "--force")
    expect(status).toBe(1)
    expect(await readdir(folder)).toEqual(["cert.pem"])
  })

  test("a --force that fails during a write keeps the old files", async () => {
    for (const name of ["private.key", "cert.pem"]) await writeFile(join(folder, name), "old")
    // The temporary name of the third file exceeds the limit of file systems.
    const host = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.example`
    const { status } = await sounder("certificate", host, "--out", folder, "--force")
    expect(status).toBe(1)
    expect((await readdir(folder)).toSorted()).toEqual(["cert.pem", "private.key"])
    expect(await file("private.key")).toBe("old")
  })
})

describe("invalid input is reported in one line, and no file is written", () => {
  test.each([
    [["certificate"], "missing required argument 'host'"],
    [["certificate", "::1"], "Telegram accepts no IPv6 address in a webhook URL: ::1"],
    [["certificate", "https://a.example/hook"], "give the host without https://, port and path"],
    [["certificate", "a.example", "--days", "ten"], "Expected a whole number."],
    [["certificate", "a.example", "--days", "0"], "an integer from 1 to 36500"],
    [["certificate", "a.example", "--type", "dsa"], "Allowed choices are ec, rsa."],
    [["certificate", "a.example", "--typ", "rsa"], "unknown option '--typ'"],
    [["certificat", "a.example"], "(Did you mean certificate?)"],
    [["certificate", "a.example", "--out", "/dev/null/x"], "ENOTDIR", 1],
  ])("%j", async (args, expected, expectedStatus = 2) => {
    const inFolder = args.includes("--out") ? args : [...args, "--out", folder]
    const { status, printed, complaint } = await sounder(...inFolder)
    expect({ status, printed }).toEqual({ status: expectedStatus, printed: "" })
    expect(complaint).toContain(expected)
    expect(complaint).toMatch(/^sounder: /)
    expect(complaint).not.toMatch(/^ {4}at /m)
    expect(await readdir(folder)).toEqual([])
  })
})

test("the installed command behaves alike, with exit codes and no stack trace", async () => {
  await built()
  const main = join(packageFolder, "dist", "cli", "main.js")
  const command = (...args: string[]) =>
    promisify(execFile)(process.execPath, [main, ...args], { cwd: folder })
  const { stdout, stderr } = await command("certificate", "bot.example.com")
  expect(stderr).toBe("")
  expect(stdout).toContain("Wrote private.key (keep it secret) and cert.pem")
  const [key, cert] = [await file("private.key"), await file("cert.pem")]
  expect(certificateProblems({ key, cert, host: "bot.example.com", uploaded: true })).toEqual([])
  await expect(command("certificate", "bot.example.com")).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^sounder: [^\n]+\n$/) as string,
  })
  expect((await command("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect((await command("--help")).stdout).toMatch(
    /^ +certificate +make a self-signed certificate/m,
  )
})
