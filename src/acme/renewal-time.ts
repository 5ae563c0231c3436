import { nodeCrypto } from "../ground/node-modules.js"

/** The maximum jitter, by which a renewal is earlier, as a fraction of the lifetime. */
const maxJitter = 0.05

/**
 * Returns the time at which a certificate should be renewed: when a fraction of its lifetime has passed.
 * A fraction suits both certificates of six days and certificates of ninety days.
 *
 * @param cert the certificate as PEM text
 * @param renewAt the fraction of the lifetime after which to renew, between 0 and 1
 * @param random a number from 0 to 1 for the jitter, so that many servers do not renew at the same time
 */
export function renewalTime(cert: string, renewAt: number, random: number = Math.random()): Date {
  const { validFrom, validTo } = new (nodeCrypto().X509Certificate)(cert)
  const from = Date.parse(validFrom)
  const lifeMs = Date.parse(validTo) - from
  return new Date(from + lifeMs * Math.max(0, renewAt - maxJitter * random))
}
