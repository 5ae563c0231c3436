import { lookup } from "node:dns/promises"
import { isIP } from "node:net"
import { CallError } from "../ground/call-error.js"
import type { Environment } from "../ground/environment.js"
import { isReservedAddress } from "./reserved-address.js"
import type { WebhookUrl } from "./webhook-url.js"
import { errorCode } from "../ground/thrown-error.js"

/** The address that requests of a webhook go to. */
export interface Destination {
  /** The address that `getWebhookInfo` shows. */
  readonly address: string
  readonly port: number
}

const cloudPorts = [80, 88, 443, 8443]

/**
 * Resolves the address of a webhook's server. Rejects with `bad webhook: …` if the rules forbid it.
 *
 * @param fixedAddress the parameter `ip_address`; empty for none
 */
export async function findDestination(
  url: WebhookUrl,
  fixedAddress: string,
  environment: Environment,
): Promise<Destination> {
  if (!environment.local) checkCloudRules(url)
  const mapped = environment.names.find(`${url.host}:${url.port}`)
  if (mapped !== undefined) return mappedDestination(mapped, url.port)
  const address = fixedAddress === "" ? await resolved(url.host) : fixedAddress
  if (isIP(address) === 0) throw badWebhook("Invalid IP address specified")
  if (!environment.local) checkAddress(address)
  return { address, port: url.port }
}

/** Returns the error 400 of an invalid webhook. */
export function badWebhook(reason: string): CallError {
  return CallError.badRequest(`bad webhook: ${reason}`)
}

function checkCloudRules(url: WebhookUrl): void {
  if (!url.isHttps) throw badWebhook("An HTTPS URL must be provided for webhook")
  if (!cloudPorts.includes(url.port)) {
    throw badWebhook("Webhook can be set up only on ports 80, 88, 443 or 8443")
  }
}

function checkAddress(address: string): void {
  if (isIP(address) === 6) throw badWebhook("IPv6-only addresses are not allowed")
  if (isReservedAddress(address)) throw badWebhook(`IP address ${address} is reserved`)
}

function mappedDestination(mapped: string, usualPort: number): Destination {
  const failure = failures[mapped]
  if (failure !== undefined) throw badWebhook(`Failed to resolve host: ${failure}`)
  const [, address = mapped, port = String(usualPort)] = /^(.*):(\d+)$/.exec(mapped) ?? []
  return { address, port: Number(port) }
}

const failures: Readonly<Record<string, string>> = {
  unknown: "Name or service not known",
  unavailable: "Temporary failure in name resolution",
}

async function resolved(host: string): Promise<string> {
  if (isIP(host) !== 0) return host
  try {
    const addresses = await lookup(host, { all: true })
    const address = addresses.find(({ family }) => family === 4) ?? addresses[0]
    return address?.address ?? host
  } catch (error) {
    throw badWebhook(`Failed to resolve host: ${resolverText(error)}`)
  }
}

function resolverText(error: unknown): string {
  const isTemporary = errorCode(error) === "EAI_AGAIN"
  return isTemporary ? "Temporary failure in name resolution" : "Name or service not known"
}
