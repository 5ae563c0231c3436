import { nodeCrypto } from "../ground/node-crypto.js"

/** The part of a life by which a renewal may come earlier. */
const jitter = 0.05

/**
 * When a certificate is to be renewed: after a part of its life, whatever that is, as lives of six
 * days and of ninety have to be renewed in time alike.
 *
 * @param cert the certificate as PEM text
 * @param renewAt the part of its life, between 0 and 1
 * @param random a number from 0 to 1, so that not all come at once
 */
export function renewalTime(cert: string, renewAt: number, random: number = Math.random()): Date {
  const { validFrom, validTo } = new (nodeCrypto().X509Certificate)(cert)
  const from = Date.parse(validFrom)
  const lifeMs = Date.parse(validTo) - from
  return new Date(from + lifeMs * Math.max(0, renewAt - jitter * random))
}
