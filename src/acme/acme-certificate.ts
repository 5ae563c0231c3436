import { errorCause, errorText } from "../ground/error-text.js"
import {
  type CertificateAndKey,
  certificateProblems,
  needsUpload,
  type CertificateSource,
  type CertificateWatch,
  type OfferCertificates,
} from "../certificate/index.js"
import { certificateFailed } from "../events/index.js"
import { Backoff } from "../ground/backoff.js"
import { sleep } from "../ground/sleep.js"
import { SounderError } from "../telegram/errors.js"
import { loadAcmeClient, openAuthority } from "./acme-authority.js"
import { AcmeFolder } from "./acme-folder.js"
import { type AcmeOptions, type AcmeSettings, expectAcmeOptions } from "./acme-options.js"
import { type ChallengeAnswers, orderCertificate } from "./acme-order.js"
import { AcmeRefusal, explainAcme } from "./acme-problem.js"
import { AcmeTransport } from "./acme-transport.js"
import { challengeCertificate, challengeName } from "./challenge-certificate.js"
import { HttpChallenges } from "./http-challenges.js"
import { withFolderLock } from "./folder-lock.js"
import { renewalTime } from "./renewal-time.js"

/** The longest time for which an authority is left alone because it says so. */
const longestPauseMs = 24 * 60 * 60_000
/** One that is not valid yet shows that the clock is slow: it is good, and others cost a limit. */
const bearable: readonly string[] = ["missing-intermediate", "not-yet-valid"]
const orderDeadlineMs = 5 * 60_000
const firstRetryMs = 60_000
const longestRetryMs = 6 * 60 * 60_000

/**
 * A certificate of an authority that is asked by ACME, as Let's Encrypt is: got when a server starts
 * without one, kept in a folder, and renewed in time for as long as the server runs. The clients of
 * the server notice nothing of it.
 *
 * @example
 * ```ts
 * import { WebhookServer } from "sounder"
 * import { AcmeCertificate } from "sounder/acme"
 *
 * const certificate = new AcmeCertificate({
 *   hosts: ["bot.example.com"],
 *   email: "you@example.com",
 *   termsOfServiceAgreed: true,
 * })
 * const server = new WebhookServer({ listen: "0.0.0.0", port: 443, certificates: [certificate] })
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc8555
 */
export class AcmeCertificate implements CertificateSource {
  readonly #settings: AcmeSettings
  readonly #folder: AcmeFolder
  readonly #challenges = new Map<string, CertificateAndKey>()

  /** @throws TypeError for options that cannot be right */
  constructor(options: AcmeOptions) {
    this.#settings = expectAcmeOptions(options)
    this.#folder = new AcmeFolder(this.#settings)
    // As in a program without types.
    if (!options.termsOfServiceAgreed) throw termsNotAgreed(this.#settings)
  }

  /**
   * The certificate of the folder, unless it has expired or is for other hosts.
   *
   * @throws SounderError `acme-client-missing`, so that it is said at the start
   */
  async load(): Promise<readonly CertificateAndKey[]> {
    await loadAcmeClient()
    const kept = await this.#kept()
    return kept ? [kept] : []
  }

  /**
   * Gets a certificate if there is none, and renews it from then on. `ready` rejects where the first
   * one cannot be had; later failures are logged and tried again, while the old one stays.
   */
  watch(offer: OfferCertificates): CertificateWatch {
    const end = new AbortController()
    const first = this.#first(offer, end.signal)
    const later = first.then((pair) => this.#keepFresh(pair, offer, end.signal))
    const ended = later.catch(() => {})
    return {
      ready: first.then(() => {}),
      stop: async () => {
        end.abort(new SounderError("not-running", "The server was closed"))
        await ended
      },
    }
  }

  /** The answer to a challenge of the authority that is open at present. */
  challengeFor(serverName: string): CertificateAndKey | undefined {
    return this.#challenges.get(serverName)
  }

  async #kept(): Promise<CertificateAndKey | undefined> {
    const pair = await this.#folder.readCertificate()
    if (!pair) return undefined
    return this.#faultOf(pair) === undefined ? pair : undefined
  }

  /** What is wrong with a certificate for these hosts. */
  #faultOf(pair: CertificateAndKey): string | undefined {
    const uploaded = needsUpload(pair.cert)
    const problems = this.#settings.hosts.flatMap((host) =>
      certificateProblems({ ...pair, host, uploaded }),
    )
    return problems.find(({ code }) => !bearable.includes(code))?.message
  }

  /** An authority may answer with anything: what is kept stays until there is something better. */
  #expectFit(pair: CertificateAndKey): CertificateAndKey {
    const fault = this.#faultOf(pair)
    if (fault === undefined) return pair
    throw new AcmeRefusal({ detail: `what it has issued cannot be used: ${fault}` })
  }

  async #first(offer: OfferCertificates, signal: AbortSignal): Promise<CertificateAndKey> {
    const kept = await this.#kept()
    if (kept) return kept
    const pair = await this.#obtain(undefined, signal)
    await offer([pair])
    return pair
  }

  async #keepFresh(
    first: CertificateAndKey,
    offer: OfferCertificates,
    signal: AbortSignal,
  ): Promise<void> {
    const { renewAt, logger } = this.#settings
    const backoff = new Backoff({ firstMs: firstRetryMs, maxMs: longestRetryMs })
    let present = first
    let due = renewalTime(present.cert, renewAt)
    while (!signal.aborted) {
      try {
        await sleep(Math.max(0, due.getTime() - Date.now()), signal)
        const next = await this.#obtain(present, signal)
        await offer([next])
        present = next
        due = renewalTime(present.cert, renewAt)
        backoff.reset()
      } catch (error) {
        if (signal.aborted) return
        const { hosts } = this.#settings
        if (certificateFailed.hasSubscribers) certificateFailed.publish({ hosts, error })
        const waitMs = Math.max(backoff.next(), retryAfterMs(error))
        due = new Date(Date.now() + waitMs)
        const reason = errorText(error)
        logger.warn(
          `${reason}. The old one stays; trying again in ${Math.ceil(waitMs / 60_000)} min`,
        )
      }
    }
  }

  /** Another process may have got one meanwhile; then that is it. */
  async #obtain(
    present: CertificateAndKey | undefined,
    signal: AbortSignal,
  ): Promise<CertificateAndKey> {
    await this.#folder.make()
    return this.#inLock(signal, async () => {
      const kept = await this.#kept()
      if (kept && kept.cert !== present?.cert) return kept
      try {
        const pair = this.#expectFit(await this.#order(signal))
        await this.#folder.writeCertificate(pair)
        this.#settings.logger.info(`Got a certificate for ${this.#settings.hosts.join(", ")}`)
        return pair
      } catch (error) {
        if (signal.aborted || error instanceof SounderError) throw error
        throw explainAcme(error, this.#settings)
      }
    })
  }

  /** The lock is a file of the folder. */
  #inLock<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return this.#folder.inFolder(() => withFolderLock(this.#folder.path, signal, work))
  }

  async #order(ended: AbortSignal): Promise<CertificateAndKey> {
    const signal = AbortSignal.any([ended, AbortSignal.timeout(orderDeadlineMs)])
    const { challenge, httpListen, httpPort } = this.#settings
    await using transport = new AcmeTransport(this.#settings.directoryCa, signal)
    await using http = new HttpChallenges()
    if (challenge === "http-01") await http.listen(httpListen, httpPort)
    const answers: ChallengeAnswers = {
      answer: async (host, token, keyAuthorization) => {
        http.answer(token, keyAuthorization)
        const certificate = await challengeCertificate(host, keyAuthorization)
        this.#challenges.set(challengeName(host), certificate)
      },
    }
    try {
      const client = await openAuthority(this.#settings, this.#folder, transport)
      return await orderCertificate(client, this.#settings, answers, signal)
    } finally {
      this.#challenges.clear()
    }
  }
}

function retryAfterMs(error: unknown): number {
  const cause = errorCause(error)
  const seconds = cause instanceof AcmeRefusal ? (cause.retryAfter ?? 0) : 0
  return Math.min(Math.max(0, seconds * 1000), longestPauseMs)
}

function termsNotAgreed({ directory }: AcmeSettings): TypeError {
  return new TypeError(
    "Expected the `acme.termsOfServiceAgreed` option to be true: the authority has terms of service, " +
      `which ${directory.href} leads to (meta.termsOfService).`,
  )
}
