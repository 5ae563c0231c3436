import type { X509Certificate } from "node:crypto"

/** Returns a subject or an issuer on one line; `nobody` for an empty one. */
export function oneLine(name: string | undefined): string {
  return (name ?? "").replaceAll("\n", ", ") || "nobody"
}

/** Returns the common name of a certificate; an empty string if it has none. */
export function commonNameOf({ subject }: X509Certificate): string {
  return /^CN=(.*)$/m.exec(subject ?? "")?.[1] ?? ""
}

/** Returns the common name and the alternative names of a certificate, for a message. */
export function namesOf(leaf: X509Certificate): string {
  const commonName = commonNameOf(leaf)
  const subject = commonName === "" ? [] : [`CN=${commonName}`]
  const names = [...subject, leaf.subjectAltName ?? []].flat().join(", ")
  return names || `no host (its subject is ${oneLine(leaf.subject)})`
}
