import { isIPv4 } from "node:net"
import type { Authorization, Client, Order } from "acme-client"
import type { CertificateAndKey } from "../certificate/index.js"
import { sleep } from "../ground/sleep.js"
import { directoryField } from "./acme-authority.js"
import type { AcmeSettings } from "./acme-options.js"
import { type AcmeProblem, AcmeRefusal } from "./acme-problem.js"
import { certificateRequest } from "./certificate-request.js"

/** The answers to an authority's challenges, which a server of this process gives. */
export interface ChallengeAnswers {
  /**
   * Starts to answer the challenge for a host.
   *
   * @param token the name of the challenge, which the authority requests
   * @param keyAuthorization the expected answer: the token and the fingerprint of the account's key
   */
  answer(host: string, token: string, keyAuthorization: string): Promise<void>
}

/** A challenge with the member that acme-client's type omits. */
type Challenge = Authorization["challenges"][number] & { readonly error?: AcmeProblem }

/** The first and the longest pause between two polls of an order, in milliseconds. */
const firstPollMs = 300
const longestPollMs = 5000

/**
 * Orders one certificate for all hosts with a new key, and resolves with both.
 *
 * Rejects with `AcmeRefusal` if the authority refuses. An abort ends the wait between two polls, and the
 * promise rejects with the signal's reason. A running request is aborted by the client's transport.
 */
export async function orderCertificate(
  client: Client,
  settings: AcmeSettings,
  answers: ChallengeAnswers,
  signal: AbortSignal,
): Promise<CertificateAndKey> {
  const order = await createOrder(client, settings)
  expectOrder(order, settings.hosts.length)
  const pending = (await client.getAuthorizations(order)).filter(
    ({ status }) => status === "pending",
  )
  for (const authorization of pending)
    await answerChallenge(client, authorization, settings, answers)
  const ready = await poll(client, order, signal, ({ status }) => status !== "pending")
  const { key, request } = await certificateRequest(settings.hosts)
  const finalized = await client.finalizeOrder(ready, request)
  const issued = await poll(client, finalized, signal, ({ status }) => status === "valid")
  return { key, cert: await client.getCertificate(issued) }
}

/**
 * Throws for an order with more authorizations than hosts. The client requests all authorizations at the same
 * time, so that a faulty authority could otherwise cause any number of requests.
 */
function expectOrder({ authorizations }: Order, hosts: number): void {
  const value: unknown = authorizations
  if (Array.isArray(value) && value.length <= hosts) return
  throw new AcmeRefusal({
    detail: "the order must list its authorizations, at most one per host",
  })
}

async function createOrder(client: Client, settings: AcmeSettings): Promise<Order> {
  const identifiers = settings.hosts.map((value) => ({
    type: isIPv4(value) ? "ip" : "dns",
    value,
  }))
  const profile = settings.profile ?? (await profileFor(client, settings.hosts))
  return client.createOrder({ identifiers, ...(profile !== undefined && { profile }) })
}

/** Chooses a profile: for IP addresses Let's Encrypt issues only short-lived certificates. */
async function profileFor(client: Client, hosts: readonly string[]): Promise<string | undefined> {
  if (!hosts.some((host) => isIPv4(host))) return undefined
  const profiles = await directoryField(client, "profiles")
  const isOffered = typeof profiles === "object" && profiles !== null && "shortlived" in profiles
  return isOffered ? "shortlived" : undefined
}

/** Starts to answer an authorization's challenge, and asks the authority to verify the answer. */
async function answerChallenge(
  client: Client,
  { identifier, challenges }: Authorization,
  { challenge: challengeType }: AcmeSettings,
  answers: ChallengeAnswers,
): Promise<void> {
  const challenge = challenges.find(({ type }) => type === challengeType)
  if (!challenge) {
    const offered = challenges.map(({ type }) => type).join(", ")
    throw new AcmeRefusal({
      detail: `the authority does not offer ${challengeType} for ${identifier.value}, only ${offered}`,
    })
  }
  const keyAuthorization = await client.getChallengeKeyAuthorization(challenge)
  await answers.answer(identifier.value, challenge.token, keyAuthorization)
  await client.completeChallenge(challenge)
}

/**
 * Polls an order until `isDone` returns true. Rejects if the order fails, with the reasons from its
 * authorizations, because the order itself does not contain them.
 */
async function poll(
  client: Client,
  order: Order,
  signal: AbortSignal,
  isDone: (order: Order) => boolean,
): Promise<Order> {
  let current = order
  for (let waitMs = firstPollMs; ; waitMs = Math.min(waitMs * 1.5, longestPollMs)) {
    if (current.status === "invalid") throw await refusalFrom(client, current)
    if (isDone(current)) return current
    await sleep(waitMs, signal)
    current = await client.getOrder(current)
  }
}

async function refusalFrom(client: Client, order: Order): Promise<AcmeRefusal> {
  const authorizations = await client.getAuthorizations(order)
  const failures = authorizations.flatMap(({ identifier, challenges }) =>
    (challenges as Challenge[]).flatMap(({ error }) =>
      error === undefined ? [] : [{ ...error, identifier }],
    ),
  )
  // RFC 8555, section 7.1.3: an order may contain an error, which acme-client's type omits.
  const orderProblem = (order as { error?: AcmeProblem }).error
  const [firstFailure] = failures
  if (firstFailure && failures.length === 1) return new AcmeRefusal(firstFailure)
  return new AcmeRefusal({
    detail: "the order failed",
    ...orderProblem,
    ...(failures.length > 0 && { subproblems: failures }),
  })
}
