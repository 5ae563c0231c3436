import { nodeCrypto } from "../ground/node-crypto.js"

/** The longest time by which the jitter makes a renewal earlier, as a fraction of the lifetime. */
const jitter = 0.05

/**
 * Returns the time at which a certificate should be renewed: when a fraction of its lifetime has passed.
 * A fraction suits certificates of six days and of ninety days.
 *
 * @param cert the certificate as PEM text
 * @param renewAt the fraction of the lifetime after which to renew, between 0 and 1
 * @param random a number from 0 to 1 for the jitter, so that many servers do not renew at the same time
 */
export function renewalTime(cert: string, renewAt: number, random: number = Math.random()): Date {
  const { validFrom, validTo } = new (nodeCrypto().X509Certificate)(cert)
  const from = Date.parse(validFrom)
  const lifeMs = Date.parse(validTo) - from
  return new Date(from + lifeMs * Math.max(0, renewAt - jitter * random))
}
