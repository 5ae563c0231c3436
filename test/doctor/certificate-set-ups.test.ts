import type { Server } from "node:https"
import { beforeAll, describe, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { type Certificate, makeCertificate } from "../support/certificates.js"
import { type Arranged, expectNamedAndFixed, type SetUp } from "./set-up.js"
import { host, type Stage } from "../support/doctor-stage.js"

type Authority = Certificate & { readonly name: string }
let root: Authority
let upper: Authority
let lower: Authority
let issued: Certificate

const year = 366

beforeAll(async () => {
  root = await authority("A Root")
  upper = await authority("An Upper Authority", root)
  lower = await authority("A Lower Authority", upper)
  issued = await makeCertificate({ name: host, dns: [host], issuer: lower, days: year })
})

async function authority(name: string, issuer?: Authority): Promise<Authority> {
  const made = await makeCertificate({
    name,
    authority: true,
    days: year,
    ...(issuer && { issuer }),
  })
  return { ...made, name }
}

/** A server with one certificate, which the fix replaces. */
async function served(
  stage: Stage,
  before: Certificate,
  after: Certificate,
  options: { upload?: string | false; uploadAfter?: string | false } = {},
): Promise<Arranged> {
  const { upload = before.cert, uploadAfter = upload === false ? false : after.cert } = options
  const answer = (_: unknown, response: { end(): unknown }) => void response.end()
  const server = await stage.serve(answer, { pair: before })
  await stage.register({ cert: upload })
  return {
    isWrittenTo: true,
    async fix() {
      const tls = server as Server // the server was created with a certificate
      tls.setSecureContext(after)
      if (uploadAfter !== upload) await stage.register({ cert: uploadAfter })
    },
  }
}

const chain = (...all: Certificate[]) => ({
  key: issued.key,
  cert: all.map(({ cert }) => `${cert}\n`).join(""),
})

/** Set-ups of a self-signed certificate, which a new certificate fixes. */
function selfSigned(
  name: string,
  code: SetUp["code"],
  traits: Parameters<typeof makeCertificate>[0],
  advice: RegExp,
): SetUp {
  return {
    name,
    code,
    async arrange(stage) {
      const before = await makeCertificate({ days: year, ...traits })
      return { ...(await served(stage, before, stage.right)), advice }
    },
  }
}

/** Set-ups of a chain of a publicly trusted authority, which the right chain fixes. */
function fromAuthority(name: string, code: SetUp["code"], before: () => Certificate): SetUp {
  return {
    name,
    code,
    authorities: async () => [root.cert],
    async arrange(stage) {
      const right = chain(issued, lower, upper)
      const { isWrittenTo: _, ...rest } = await served(stage, before(), right, { upload: false })
      return { ...rest, isWrittenTo: code === "certificate-missing-intermediate" }
    },
  }
}

const setUps: readonly SetUp[] = [
  selfSigned(
    "an expired certificate",
    "certificate-expired",
    { name: host, dns: [host], expired: true },
    /sounder certificate HOST/,
  ),
  selfSigned(
    "a certificate that is not yet valid",
    "certificate-not-yet-valid",
    { name: host, dns: [host], notYet: true },
    /clock/,
  ),
  selfSigned(
    "a certificate for another name",
    "certificate-wrong-host",
    { name: "other.example.com", dns: ["other.example.com"] },
    /sounder certificate bot\.example\.com/,
  ),
  selfSigned(
    "a certificate for clients",
    "certificate-not-for-servers",
    { name: host, dns: [host], usage: "clientAuth" },
    /sounder certificate HOST/,
  ),
  selfSigned(
    "a certificate with a common name only",
    "certificate-common-name-only",
    { name: host },
    /Keep it/,
  ),
  {
    name: "a certificate that ends soon",
    code: "certificate-expires-soon",
    async arrange(stage) {
      const before = await makeCertificate({ name: host, dns: [host], days: 1 })
      return served(stage, before, stage.right)
    },
  },
  {
    name: "a self-signed certificate that is not uploaded",
    code: "certificate-not-uploaded",
    async arrange(stage) {
      const { right } = stage
      const options = { upload: false, uploadAfter: right.cert } as const
      return { ...(await served(stage, right, right, options)), advice: /`certificate`/ }
    },
  },
  {
    name: "a certificate other than the uploaded one",
    code: "certificate-differs",
    async arrange(stage) {
      const other = await createCertificate(host)
      const options = { upload: other.cert, uploadAfter: stage.right.cert }
      return {
        ...(await served(stage, stage.right, stage.right, options)),
        options: { cert: other.cert },
        optionsAfter: { cert: stage.right.cert },
        advice: /sounder webhook set URL --cert/,
      }
    },
  },
  {
    name: "a certificate other than the uploaded one, seen by what Telegram says",
    code: "certificate-not-trusted",
    async arrange(stage) {
      const other = await createCertificate(host)
      const options = { upload: other.cert, uploadAfter: stage.right.cert }
      return { ...(await served(stage, stage.right, stage.right, options)), advice: /--cert FILE/ }
    },
  },
  {
    name: "a public certificate that was uploaded",
    code: "certificate-issuer-not-uploaded",
    authorities: async () => [root.cert],
    async arrange(stage) {
      const right = chain(issued, lower, upper)
      const options = { upload: issued.cert, uploadAfter: false } as const
      return { ...(await served(stage, right, right, options)), advice: /do not upload/ }
    },
  },
  fromAuthority("missing intermediates", "certificate-missing-intermediate", () => chain(issued)),
  fromAuthority("a chain in the wrong order", "certificate-chain-order", () =>
    chain(issued, upper, lower),
  ),
  fromAuthority("a root that is not needed", "certificate-needless-root", () =>
    chain(issued, lower, upper, root),
  ),
  fromAuthority("a certificate that has nothing to do with it", "certificate-unrelated", () =>
    chain(issued, lower, upper, unrelated()),
  ),
]

let other: Certificate | undefined
beforeAll(async () => {
  other = await makeCertificate({ name: "nobody.example.com" })
})
const unrelated = () => other ?? issued

describe("the doctor names the fault and nothing else, and has no finding after the fix", () => {
  test.for(setUps)("$name", expectNamedAndFixed)
})
