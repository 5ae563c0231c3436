import { problem, type CertificateProblem } from "./certificate-problem.js"
import { certificateBlocks } from "./read-certificates.js"

/** What a file holds where no certificate is found in it, by the label of its first PEM block. */
const labels: readonly (readonly [RegExp, string])[] = [
  [
    /CERTIFICATE REQUEST/,
    "The file holds a certificate request, which no authority has signed as yet. Give the certificate that the authority sent for it.",
  ],
  [
    /PUBLIC KEY/,
    "The file holds a public key, not a certificate. Give cert.pem, or create one with `sounder certificate HOST`.",
  ],
  [
    /PKCS ?#?7|CMS/,
    "The file holds certificates in a PKCS#7 container. Take them out: openssl pkcs7 -print_certs -in FILE -out cert.pem",
  ],
  [/X509 CRL/, "The file holds a list of revoked certificates, not a certificate. Give cert.pem."],
  [
    /(?:DH|EC|DSA) PARAMETERS/,
    "The file holds parameters of keys, not a certificate. Give cert.pem, or create one with `sounder certificate HOST`.",
  ],
]

/** What a file holds that is no PEM text, by its first bytes as they look when read as UTF-8. */
const contents: readonly (readonly [RegExp, string])[] = [
  [/^\s*$/, "The file is empty. Copy it again, or create one with `sounder certificate HOST`."],
  [
    // UTF-16 is full of zeros.
    /^(?:\uFFFD{2})?(?:\0-){3}|^(?:\uFFFD{2})?(?:-\0){3}/,
    "The file is PEM text in UTF-16, as Windows writes it. Save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8 FILE > pem.txt",
  ],
  [
    // Version 3 is the first thing in the container.
    /^0[^]{1,5}\x02\x01\x03/,
    "The file is a PKCS#12 container (.p12, .pfx) with key and certificates. Take them out: openssl pkcs12 -in FILE -nodes -out both.pem, which serves as `key` and as `cert`.",
  ],
  [
    // The identifier of signed data, 1.2.840.113549.1.7.2.
    /^0[^]{1,5}\x06\t\*\uFFFDH\uFFFD\uFFFD\r\x01\x07\x02/,
    "The file holds certificates in a PKCS#7 container. Take them out: openssl pkcs7 -inform der -print_certs -in FILE -out cert.pem",
  ],
  [
    // The sign of Java's key stores, fe ed fe ed.
    /^\uFFFD{4}\0\0\0[\x01\x02]/,
    "The file is a key store of Java (JKS). Convert it: keytool -importkeystore -srckeystore FILE -destkeystore key.p12 -deststoretype pkcs12, then openssl pkcs12 -in key.p12 -nodes -out both.pem",
  ],
  [
    /^0/,
    "The file is in DER form, not PEM text. Convert it: openssl x509 -inform der -in FILE -out cert.pem for a certificate, openssl pkey -inform der -in FILE -out private.key for a key",
  ],
]

/** Says what a text is in which no certificate is found, and how to get one out of it. */
export function contentProblem(text: string): CertificateProblem {
  const first = /-----BEGIN ([^-]+)-----/.exec(text)?.[1]
  if (first !== undefined && /PRIVATE KEY/.test(first) && certificateBlocks(text).length === 0) {
    return problem(
      "key-instead-of-certificate",
      "A private key was given in place of the certificate: give cert.pem as `cert` and " +
        "private.key as `key`, and never send a private key to Telegram.",
    )
  }
  const advice = first === undefined ? contentAdvice(text) : labelAdvice(first)
  return problem("not-pem", advice ?? unknownContent)
}

const unknownContent =
  "The file is not PEM text (-----BEGIN CERTIFICATE-----). Give the file that your authority or `sounder certificate HOST` made."

function labelAdvice(label: string): string {
  const known = labels.find(([pattern]) => pattern.test(label))
  if (known) return known[1]
  return /CERTIFICATE/.test(label)
    ? "The certificate is cut off or damaged. Copy the file again, whole, from -----BEGIN to -----END."
    : `The file holds "${label}", not a certificate. Give cert.pem, or create one with \`sounder certificate HOST\`.`
}

/**
 * Says what a file holds that is no PEM text at all, a certificate's or a key's, and how to convert
 * it; `undefined` where its content is of no known kind.
 *
 * @param text the file, read as UTF-8
 */
export function contentAdvice(text: string): string | undefined {
  return contents.find(([pattern]) => pattern.test(text))?.[1]
}
