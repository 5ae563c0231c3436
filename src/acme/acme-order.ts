import { isIPv4 } from "node:net"
import type { Authorization, Client, Order } from "acme-client"
import type { CertificateAndKey } from "../certificate/index.js"
import { sleep } from "../ground/sleep.js"
import { aboutAuthority } from "./acme-authority.js"
import type { AcmeSettings } from "./acme-options.js"
import { type AcmeProblem, AcmeRefusal } from "./acme-problem.js"
import { certificateRequest } from "./certificate-request.js"

/** Shows an authority that hosts are ours. */
export interface ChallengeAnswers {
  /** Begins to answer for one. */
  answer(host: string, token: string, keyAuthorization: string): Promise<void>
}

type Challenge = Authorization["challenges"][number] & { readonly error?: AcmeProblem }

const firstPollMs = 300
const longestPollMs = 5000

/**
 * Gets a certificate for all hosts with a new key, in one order.
 *
 * Rejects with `AcmeRefusal` where the authority says no; an abort ends it at the next step.
 */
export async function orderCertificate(
  client: Client,
  settings: AcmeSettings,
  answers: ChallengeAnswers,
  signal: AbortSignal,
): Promise<CertificateAndKey> {
  const order = await createOrder(client, settings)
  expectOrder(order, settings.hosts.length)
  const open = (await client.getAuthorizations(order)).filter(({ status }) => status === "pending")
  for (const authorization of open) await show(client, authorization, settings, answers)
  const ready = await poll(client, order, signal, ({ status }) => status !== "pending")
  const { key, request } = await certificateRequest(settings.hosts)
  const finalized = await client.finalizeOrder(ready, request)
  const issued = await poll(client, finalized, signal, ({ status }) => status === "valid")
  return { key, cert: await client.getCertificate(issued) }
}

/** Every authorization is asked for at once, so that there have to be as many as hosts. */
function expectOrder({ authorizations }: Order, hosts: number): void {
  const given: unknown = authorizations
  if (Array.isArray(given) && given.length <= hosts) return
  throw new AcmeRefusal({ detail: "its order has no list of authorizations, one for each host" })
}

async function createOrder(client: Client, settings: AcmeSettings): Promise<Order> {
  const identifiers = settings.hosts.map((value) => ({
    type: isIPv4(value) ? "ip" : "dns",
    value,
  }))
  const profile = settings.profile ?? (await profileFor(client, settings.hosts))
  return client.createOrder({ identifiers, ...(profile !== undefined && { profile }) })
}

/** Let's Encrypt gives certificates for addresses a short life only, and wants that to be said. */
async function profileFor(client: Client, hosts: readonly string[]): Promise<string | undefined> {
  if (!hosts.some((host) => isIPv4(host))) return undefined
  const profiles = await aboutAuthority(client, "profiles")
  const isThere = typeof profiles === "object" && profiles !== null && "shortlived" in profiles
  return isThere ? "shortlived" : undefined
}

async function show(
  client: Client,
  { identifier, challenges }: Authorization,
  { challenge: wanted }: AcmeSettings,
  answers: ChallengeAnswers,
): Promise<void> {
  const challenge = challenges.find(({ type }) => type === wanted)
  if (!challenge) {
    const offered = challenges.map(({ type }) => type).join(", ")
    throw new AcmeRefusal({
      detail: `it does not offer ${wanted} for ${identifier.value}, only ${offered}`,
    })
  }
  const keyAuthorization = await client.getChallengeKeyAuthorization(challenge)
  await answers.answer(identifier.value, challenge.token, keyAuthorization)
  await client.completeChallenge(challenge)
}

/** Asks until it is so; what has failed is looked up, as the order itself does not say why. */
async function poll(
  client: Client,
  order: Order,
  signal: AbortSignal,
  isSo: (order: Order) => boolean,
): Promise<Order> {
  let present = order
  for (let waitMs = firstPollMs; ; waitMs = Math.min(waitMs * 1.5, longestPollMs)) {
    if (present.status === "invalid") throw await refusalOf(client, present)
    if (isSo(present)) return present
    await sleep(waitMs, signal)
    present = await client.getOrder(present)
  }
}

async function refusalOf(client: Client, order: Order): Promise<AcmeRefusal> {
  const authorizations = await client.getAuthorizations(order)
  const failures = authorizations.flatMap(({ identifier, challenges }) =>
    (challenges as Challenge[]).flatMap(({ error }) =>
      error === undefined ? [] : [{ ...error, identifier }],
    ),
  )
  const own = (order as { error?: AcmeProblem }).error // RFC 8555, 7.1.3
  const [only] = failures
  if (only && failures.length === 1) return new AcmeRefusal(only)
  return new AcmeRefusal({
    detail: "the order has failed",
    ...own,
    ...(failures.length > 0 && { subproblems: failures }),
  })
}
