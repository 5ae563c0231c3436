import type { X509Certificate } from "node:crypto"

/** A subject or an issuer in one line; `nobody` where it is empty. */
export function oneLine(name: string | undefined): string {
  return (name ?? "").replaceAll("\n", ", ") || "nobody"
}

/** The common name of a certificate; empty where it has none. */
export function commonNameOf({ subject }: X509Certificate): string {
  return /^CN=(.*)$/m.exec(subject ?? "")?.[1] ?? ""
}

/** The names that are compared with a host, for a message. */
export function namesOf(leaf: X509Certificate): string {
  const commonName = commonNameOf(leaf)
  const subject = commonName === "" ? [] : [`CN=${commonName}`]
  const names = [...subject, leaf.subjectAltName ?? []].flat().join(", ")
  return names || `no host (its subject is ${oneLine(leaf.subject)})`
}
