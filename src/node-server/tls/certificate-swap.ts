import { needsUpload } from "../../certificate/index.js"
import { canBeTrustedTogether } from "../../certificate/trusted-together.js"
import type { CertificateTable } from "./certificate-table.js"

/** Somebody whom Telegram calls at a host, and who has told it which certificate to trust. */
export interface CertificateUse {
  /** The host of the webhook's URL. */
  readonly host: string
  /** Whether certificates are uploaded; by default those that Telegram would not trust otherwise. */
  readonly isUploaded?: boolean | undefined
  /**
   * Before another certificate is served: has Telegram trust these certificates and no others, as PEM
   * text. Rejects where Telegram cannot be told; the old one is then served on.
   */
  trust(certificates: string): Promise<void>
  /**
   * Another certificate is served: has Telegram trust it alone, as soon as that can be.
   *
   * @param certificate `undefined` for one of a public authority
   */
  served(certificate: string | undefined): void
}

/** From what to what, and for whom. */
export interface CertificateSwap {
  readonly before: CertificateTable
  readonly after: CertificateTable
  readonly uses: Iterable<CertificateUse>
  /** Serves what comes after to all new clients. */
  serve(): void
}

interface Change {
  readonly use: CertificateUse
  readonly before: string
  readonly after: string
}

/**
 * Serves other certificates in an order in which Telegram, at every moment, trusts the one that it is
 * shown: first it is told to trust both, then the new one is served, then it is told to trust that
 * alone. Where both cannot be trusted at once the new one is served and then made known; until
 * Telegram has heard of it, it keeps its updates.
 *
 * Rejects where Telegram cannot be told beforehand, with nothing changed.
 */
export async function swapCertificates(swap: CertificateSwap): Promise<void> {
  const changes = changesOf(swap)
  const overlaps = await Promise.all(changes.map(canOverlap))
  await Promise.all(
    changes
      .filter((_, index) => overlaps[index])
      .map(({ use, before, after }) => use.trust(`${after.trimEnd()}\n${before}`)),
  )
  swap.serve()
  for (const { use, after } of changes) use.served(isUploaded(use, after) ? after : undefined)
}

/** Who has to tell Telegram: everybody whose old or new certificate no public authority has issued. */
function changesOf({ before, after, uses }: CertificateSwap): Change[] {
  const all = Array.from(uses, (use) => ({
    use,
    before: before.forHost(use.host).pair.cert,
    after: after.forHost(use.host).pair.cert,
  }))
  return all.filter((change) => {
    if (change.before === change.after) return false
    return isUploaded(change.use, change.before) || isUploaded(change.use, change.after)
  })
}

function isUploaded(use: CertificateUse, pem: string): boolean {
  return use.isUploaded ?? needsUpload(pem)
}

async function canOverlap({ use, before, after }: Change): Promise<boolean> {
  if (!isUploaded(use, before) || !isUploaded(use, after)) return false
  return canBeTrustedTogether(before, after)
}
