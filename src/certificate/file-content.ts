import { problem, type CertificateProblem } from "./certificate-problem.js"
import { certificateBlocks } from "./read-certificates.js"

/** Advice for PEM files without a certificate, by a pattern for the label of the first PEM block. */
const adviceByLabel: readonly (readonly [RegExp, string])[] = [
  [
    /CERTIFICATE REQUEST/,
    "The file contains a certificate request, which no authority has signed yet. Give the certificate that the authority issued for it.",
  ],
  [
    /PUBLIC KEY/,
    "The file contains a public key, not a certificate. Give cert.pem, or create one with `sounder certificate HOST`.",
  ],
  [
    /PKCS ?#?7|CMS/,
    "The file is a PKCS#7 container of certificates. Extract them: openssl pkcs7 -print_certs -in FILE -out cert.pem",
  ],
  [
    /X509 CRL/,
    "The file contains a list of revoked certificates, not a certificate. Give cert.pem.",
  ],
  [
    /(?:DH|EC|DSA) PARAMETERS/,
    "The file contains key parameters, not a certificate. Give cert.pem, or create one with `sounder certificate HOST`.",
  ],
]

/** Advice for files that are not PEM text, by a pattern for the file's first bytes, decoded as UTF-8. */
const adviceByContent: readonly (readonly [RegExp, string])[] = [
  [/^\s*$/, "The file is empty. Copy it again, or create one with `sounder certificate HOST`."],
  [
    // ASCII text in UTF-16: every second byte is zero.
    /^(?:\uFFFD{2})?(?:\0-){3}|^(?:\uFFFD{2})?(?:-\0){3}/,
    "The file is PEM text in UTF-16, as Windows writes it. Save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8 FILE > pem.txt",
  ],
  [
    // A DER sequence (0x30, "0") whose first element is the integer 3, the version of PKCS#12.
    /^0[^]{1,5}\x02\x01\x03/,
    "The file is a PKCS#12 container (.p12, .pfx) with key and certificates. Extract them: openssl pkcs12 -in FILE -nodes -out both.pem, and give both.pem as `key` and as `cert`.",
  ],
  [
    // A DER sequence whose first element is the object identifier of signed data, 1.2.840.113549.1.7.2.
    /^0[^]{1,5}\x06\t\*\uFFFDH\uFFFD\uFFFD\r\x01\x07\x02/,
    "The file is a PKCS#7 container of certificates. Extract them: openssl pkcs7 -inform der -print_certs -in FILE -out cert.pem",
  ],
  [
    // The magic number of Java's key stores, fe ed fe ed, whose bytes are invalid UTF-8; then the version.
    /^\uFFFD{4}\0\0\0[\x01\x02]/,
    "The file is a key store of Java (JKS). Convert it: keytool -importkeystore -srckeystore FILE -destkeystore key.p12 -deststoretype pkcs12, then openssl pkcs12 -in key.p12 -nodes -out both.pem",
  ],
  [
    // Any other DER sequence: the tag 0x30 is the character 0.
    /^0/,
    "The file is in DER form, not PEM text. Convert it: openssl x509 -inform der -in FILE -out cert.pem for a certificate, openssl pkey -inform der -in FILE -out private.key for a key",
  ],
]

/** Returns the problem of a file without a certificate. The message tells its format and its conversion. */
export function contentProblem(text: string): CertificateProblem {
  const label = /-----BEGIN ([^-]+)-----/.exec(text)?.[1]
  if (label !== undefined && /PRIVATE KEY/.test(label) && certificateBlocks(text).length === 0) {
    return problem(
      "key-instead-of-certificate",
      "A private key was given in place of the certificate: give cert.pem as `cert` and " +
        "private.key as `key`, and never send a private key to Telegram.",
    )
  }
  const advice = label === undefined ? contentAdvice(text) : labelAdvice(label)
  return problem("not-pem", advice ?? unknownContent)
}

const unknownContent =
  "The file is not PEM text (-----BEGIN CERTIFICATE-----). Give the file that your authority issued or `sounder certificate HOST` created."

function labelAdvice(label: string): string {
  const known = adviceByLabel.find(([pattern]) => pattern.test(label))
  if (known) return known[1]
  return /CERTIFICATE/.test(label)
    ? "The certificate is truncated or damaged. Copy the whole file again, from -----BEGIN to -----END."
    : `The file contains "${label}", not a certificate. Give cert.pem, or create one with \`sounder certificate HOST\`.`
}

/**
 * Returns a text with the format of a certificate or key file that is not PEM text, and the command that
 * converts it; `undefined` for an unknown format.
 *
 * @param text the content of the file, decoded as UTF-8
 */
export function contentAdvice(text: string): string | undefined {
  return adviceByContent.find(([pattern]) => pattern.test(text))?.[1]
}
