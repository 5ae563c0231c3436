/**
 * The severity of a finding. A fault keeps Telegram from delivering. A warning delays updates or may
 * lose some. A remark has no effect on deliveries.
 */
export type FindingLevel = "fault" | "warning" | "remark"

/** The severity of each kind of finding. Each kind has a heading in `docs/findings.md`. */
const levels = {
  "token-invalid": "fault",
  "logged-out": "fault",
  "telegram-unreachable": "fault",
  "no-webhook": "fault",
  "registered-elsewhere": "fault",
  "webhook-while-polling": "fault",
  "other-poller": "fault",
  "delivery-fails": "fault",
  "many-updates-wait": "warning",
  "address-outdated": "warning",
  "token-in-url": "warning",
  "telegram-out-of-sync": "remark",
  "clock-wrong": "warning",
  "server-clock-wrong": "warning",
  "url-invalid": "fault",
  "url-not-https": "fault",
  "url-port": "fault",
  "host-not-found": "fault",
  "dns-failed": "warning",
  "dns-broken": "fault",
  "ipv6-only": "fault",
  "reserved-address": "fault",
  "connection-refused": "fault",
  "listens-locally": "fault",
  unreachable: "fault",
  "some-addresses-dead": "warning",
  "connection-cut": "fault",
  "plain-http": "fault",
  "no-certificate-for-host": "fault",
  "tls-too-old": "fault",
  "tls-failed": "fault",
  "tls-old-versions": "remark",
  "certificate-wrong-host": "fault",
  "certificate-expired": "fault",
  "certificate-not-yet-valid": "fault",
  "certificate-not-for-servers": "fault",
  "certificate-weak": "fault",
  "certificate-chain-broken": "fault",
  "certificate-missing-intermediate": "fault",
  "certificate-not-first": "fault",
  "certificate-of-authority": "fault",
  "certificate-not-uploaded": "fault",
  "certificate-issuer-not-uploaded": "fault",
  "certificate-differs": "fault",
  "certificate-unreadable": "fault",
  "certificate-not-trusted": "fault",
  "certificate-common-name-only": "remark",
  "certificate-expires-soon": "warning",
  "certificate-chain-order": "remark",
  "certificate-needless-root": "remark",
  "certificate-unrelated": "remark",
  "certificate-unknown-authority": "warning",
  "no-answer": "fault",
  "slow-answer": "warning",
  "not-http": "fault",
  "http2-only": "fault",
  "interim-response": "fault",
  redirect: "fault",
  "wrong-path": "fault",
  "not-the-bot": "fault",
  "web-page": "warning",
  "asks-for-login": "fault",
  "wants-client-certificate": "fault",
  "tunnel-ended": "fault",
  "host-without-app": "fault",
  "wrong-status": "fault",
  "server-error": "fault",
  "not-ready": "fault",
  "proxy-cannot-reach-bot": "fault",
  "backend-down": "fault",
  "backend-tls": "fault",
  "proxy-protocol": "fault",
  "wrong-secret": "fault",
  "secret-not-checked": "warning",
  "refused-here": "warning",
  "answer-encoding": "fault",
  "body-limit": "fault",
  "keep-alive-too-short": "warning",
  "connection-close": "remark",
} as const satisfies Record<string, FindingLevel>

/** The kinds of findings. A code keeps its meaning in later versions. */
export type FindingCode = keyof typeof levels

/** Every {@link FindingCode}. */
export const findingCodes = Object.keys(levels) as readonly FindingCode[]

/** A defect that the doctor found, with its consequence and its fix. */
export interface Finding {
  /** The kind of the finding. */
  readonly code: FindingCode
  /** The severity of the finding. */
  readonly level: FindingLevel
  /** The observation. */
  readonly seen: string
  /** The consequence of the defect. */
  readonly why: string
  /** The fix. */
  readonly fix: string
}

/**
 * Returns a finding with the severity of its kind. If the observation ends with a quoted text that has a full stop of
 * its own, such as a host or an error, the full stop is not doubled.
 */
export function finding(code: FindingCode, texts: Omit<Finding, "code" | "level">): Finding {
  const seen = texts.seen.replace(/(?<!\.)\.\.$/, ".")
  return { code, level: levels[code], ...texts, seen }
}
