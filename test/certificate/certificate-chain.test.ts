import { X509Certificate } from "node:crypto"
import { beforeAll, expect, test } from "vitest"
import fc from "fast-check"
import { certificateChain } from "../../src/certificate/certificate-chain.js"
import { opensslCertificate } from "./openssl.js"

let all: Record<"leaf" | "lower" | "upper" | "root" | "other", X509Certificate>

beforeAll(async () => {
  const root = await opensslCertificate({ commonName: "Root", isAuthority: true })
  const upper = await opensslCertificate({ commonName: "Upper", isAuthority: true, issuer: root })
  const lower = await opensslCertificate({ commonName: "Lower", isAuthority: true, issuer: upper })
  const leaf = await opensslCertificate({ commonName: "bot.example.com", issuer: lower })
  const other = await opensslCertificate({ commonName: "Other" })
  const of = ({ cert }: { cert: string }) => new X509Certificate(cert)
  all = { leaf: of(leaf), lower: of(lower), upper: of(upper), root: of(root), other: of(other) }
})

const namesOf = (certs: readonly X509Certificate[] = []) =>
  certs.map(({ subject }) => subject.replace("CN=", ""))

test("an empty list of certificates has an empty chain", () => {
  expect(certificateChain([])).toBeUndefined()
})

test("a complete chain goes from the server's certificate to the root, in order", () => {
  const { leaf, lower, upper, root } = all
  const chain = certificateChain([leaf, lower, upper, root])
  expect(namesOf(chain?.path)).toEqual(["bot.example.com", "Lower", "Upper", "Root"])
  expect(chain).toMatchObject({ isLeafFirst: true, isInOrder: true, reachesRoot: true })
  expect(chain?.unrelated).toEqual([])
})

test("a chain is found in any order, with whether it was in order", () => {
  const chained = [all.leaf, all.lower, all.upper, all.root]
  const shuffled = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 })
  fc.assert(
    fc.property(shuffled, (order) => {
      const chain = certificateChain(order.flatMap((index) => chained[index] ?? []))
      expect(chain?.path).toEqual(chained)
      expect(chain?.isLeafFirst).toBe(order[0] === 0)
      expect(chain?.isInOrder).toBe(order.every((value, index) => value === index))
    }),
  )
})

test("a chain ends at a missing issuer", () => {
  const { leaf, lower, root } = all
  const chain = certificateChain([leaf, lower, root])
  expect(namesOf(chain?.path)).toEqual(["bot.example.com", "Lower"])
  expect(chain?.reachesRoot).toBe(false)
  expect(namesOf(chain?.unrelated)).toEqual(["Root"])
})

test("an unrelated certificate is listed separately, and does not affect the order", () => {
  const { leaf, lower, upper, root, other } = all
  const chain = certificateChain([leaf, other, lower, upper, root])
  expect(namesOf(chain?.unrelated)).toEqual(["Other"])
  expect(chain).toMatchObject({ isLeafFirst: true, isInOrder: true, reachesRoot: true })
})

test("of two unrelated certificates, the first is the server's", () => {
  const chain = certificateChain([all.other, all.leaf])
  expect(namesOf(chain?.path)).toEqual(["Other"])
  expect(chain).toMatchObject({ isLeafFirst: true, reachesRoot: true })
})
