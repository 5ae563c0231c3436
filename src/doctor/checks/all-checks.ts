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

/** Every check, each after those that it needs; `delivery` last, as it adds what others missed. */
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
