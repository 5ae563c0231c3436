import fc from "fast-check"
import { expect, test } from "vitest"
import {
  certificateProblems,
  certificateReport,
  createCertificate,
  inspectCertificate,
} from "../../src/certificate/index.js"
import { isSelfSigned } from "../../src/certificate/read-certificates.js"

const host = "bot.example.com"
const { key, cert } = await createCertificate(host)

/** Returns an arbitrary of texts with a piece replaced. */
const damaged = (text: string) =>
  fc
    .tuple(fc.nat(text.length - 1), fc.nat(40), fc.string({ maxLength: 5, unit: "binary-ascii" }))
    .map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut))

test("a damaged certificate never throws, and its fault is reported", () => {
  fc.assert(
    fc.property(damaged(cert), fc.boolean(), (pem, uploaded) => {
      for (const { message } of certificateProblems({ cert: pem, key, host, uploaded })) {
        expect(message).not.toMatch(/Invalid|Bad time|undefined|NaN/)
      }
      const inspection = inspectCertificate({ cert: pem, key, url: `https://${host}/` })
      expect(certificateReport(inspection)).toContain("Telegram ")
      isSelfSigned(pem)
    }),
    { numRuns: 2_000 },
  )
})

test("a certificate with an unreadable date is damaged", () => {
  const der = Buffer.from(cert.replaceAll(/-----.*-----|\s/g, ""), "base64")
  // The first time stamp: its tag, its length, and two digits of the year.
  der.write("xx", der.indexOf(Buffer.from([0x17, 13])) + 2)
  const pem = `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`
  const problems = certificateProblems({ cert: pem, host, uploaded: true })
  expect(problems.map(({ code }) => code)).toEqual(["unreadable"])
  expect(certificateReport(inspectCertificate({ cert: pem }))).toContain("damaged")
})

test("a damaged key never throws, and its fault is reported", () => {
  fc.assert(
    fc.property(damaged(key), (pem) => {
      const problems = certificateProblems({ cert, key: pem, host, uploaded: true })
      for (const { code } of problems) expect(code).toMatch(/key/)
    }),
    { numRuns: 500 },
  )
})

test("Telegram accepts every host for which a certificate can be made", async () => {
  const hosts = fc.array(fc.oneof(fc.domain(), fc.ipV4()), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(hosts, async (names) => {
      const made = await createCertificate(names)
      for (const each of names) {
        expect(certificateProblems({ ...made, host: each, uploaded: true })).toEqual([])
        expect(certificateProblems({ ...made, host: `x${each}`, uploaded: true })).toMatchObject(
          names.includes(`x${each}`) ? [] : [{ code: "wrong-host" }],
        )
      }
    }),
    { numRuns: 40 },
  )
})
