import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rootCertificates } from "node:tls"
import { expect, test } from "vitest"
import { createCertificate, needsUpload } from "../../src/certificate/index.js"
import { fileAdvice } from "../../src/certificate/file-advice.js"
import { makeCertificate } from "../support/certificates.js"

test("a file that ends at an unknown root has to be uploaded, and no other file", async () => {
  const root = await makeCertificate({ name: "Root", authority: true })
  const leaf = await makeCertificate({ name: "bot", issuer: { ...root, name: "Root" } })
  const own = await createCertificate("bot.example.com")
  const [publicRoot = ""] = rootCertificates
  expect(needsUpload(own.cert)).toBe(true)
  expect(needsUpload(`${leaf.cert}\n${root.cert}`)).toBe(true)
  expect(needsUpload(`${leaf.cert}\n${root.cert}`, [root.cert])).toBe(false)
  expect(needsUpload(leaf.cert)).toBe(false)
  expect(needsUpload(publicRoot)).toBe(false)
  expect(needsUpload("no certificate")).toBe(false)
  expect(needsUpload(own.cert.replace(/\n.{30}/, "\n"))).toBe(false)
})

test("a broken link is distinguished from a missing file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sounder-links-"))
  try {
    mkdirSync(join(folder, "live"))
    symlinkSync("../../archive/cert1.pem", join(folder, "live", "cert.pem"))
    symlinkSync("archive", join(folder, "folder"))
    const missing = Object.assign(new Error("ENOENT"), { code: "ENOENT" })
    const advice = (...path: string[]) => fileAdvice(join(folder, ...path), missing)
    expect(await advice("live", "cert.pem")).toMatch(
      /the path is a link to \.\.\/\.\.\/archive\/cert1.pem/,
    )
    expect(await advice("folder", "cert.pem")).toMatch(
      /folder is a link to archive, which does not exist/,
    )
    expect(await advice("live", "key.pem")).toMatch(/there is no such file/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
