import type { Check } from "../check.js"
import { answerCheck } from "./answer.js"
import { bodyCheck } from "./body.js"
import { certificateCheck } from "./certificate.js"
import { clockCheck } from "./clock.js"
import { connectionCheck } from "./connection.js"
import { deliveryCheck } from "./delivery.js"
import { dnsCheck } from "./dns.js"
import { encodingCheck } from "./encoding.js"
import { keepAliveCheck } from "./keep-alive.js"
import { pollersCheck } from "./pollers.js"
import { secretCheck } from "./secret.js"
import { tlsCheck } from "./tls.js"
import { tlsVersionsCheck } from "./tls-versions.js"
import { tokenCheck } from "./token.js"
import { urlCheck } from "./url.js"
import { webhookCheck } from "./webhook.js"

/**
 * All checks in the order in which they run: each after the checks that it needs, and `delivery` last,
 * because it reports only failures that no other check explains.
 */
export const allChecks: readonly Check[] = [
  tokenCheck,
  webhookCheck,
  pollersCheck,
  urlCheck,
  dnsCheck,
  connectionCheck,
  tlsCheck,
  tlsVersionsCheck,
  certificateCheck,
  answerCheck,
  secretCheck,
  encodingCheck,
  bodyCheck,
  keepAliveCheck,
  clockCheck,
  deliveryCheck,
]
