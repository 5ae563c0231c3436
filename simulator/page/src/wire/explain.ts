import { webhookErrors } from "./webhook-errors.generated.js"

const otherwise =
  "Telegram treats any status other than 2xx as a failure, and retries until the update is 24 hours old."

/** Returns the meaning of a webhook's error, with the remedy. */
export function explain(message: string): string {
  const found = webhookErrors.find(({ pattern, flags }) => new RegExp(pattern, flags).test(message))
  return found === undefined ? otherwise : `${found.meaning} ${found.fix}`
}
