import { needsUpload } from "../../certificate/index.js"
import { canBeTrustedTogether } from "../../certificate/trusted-together.js"
import type { CertificateTable } from "./certificate-table.js"

/** A registered webhook that uses the server's certificate, and uploads it to Telegram if necessary. */
export interface CertificateUse {
  /** The host of the webhook's URL. */
  readonly host: string
  /** True to upload certificates. Default: true for certificates that Telegram trusts only if uploaded. */
  readonly isUploaded?: boolean | undefined
  /**
   * Uploads certificates (PEM text) before the server switches to a new one. Rejects if the upload fails;
   * the server then keeps the old certificate.
   */
  trust(certificates: string): Promise<void>
  /**
   * Starts to upload the new certificate alone, after the server has switched.
   *
   * @param certificate the certificate as PEM text; `undefined` for one that needs no upload
   */
  served(certificate: string | undefined): void
}

/** A replacement of a server's certificates. */
export interface CertificateSwap {
  readonly before: CertificateTable
  readonly after: CertificateTable
  /** The webhooks that use the certificates. */
  readonly uses: Iterable<CertificateUse>
  /** Switches the server to the new certificates, for all new connections. */
  serve(): void
}

/** The change of the certificate that one webhook uses. */
interface Change {
  readonly use: CertificateUse
  readonly before: string
  readonly after: string
}

/**
 * Replaces a server's certificates in such an order that Telegram trusts the server at every moment. The
 * webhooks first upload the old and the new certificate together, then the server switches, then the
 * webhooks upload the new certificate alone.
 *
 * If Telegram cannot trust both at once, the server switches first. Telegram then keeps its updates until
 * the new certificate is uploaded.
 *
 * Rejects if the first upload fails. The server then keeps its old certificates.
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

/** Returns the webhooks whose certificate changes and that upload the old or the new one. */
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
