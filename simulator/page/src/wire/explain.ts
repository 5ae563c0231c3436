import { webhookErrors } from "./webhook-errors.generated.js"

const otherwise =
  "Telegram counts anything but 2xx as a failure and sends the update again until it is 24 hours old."

/** What an error of a webhook means, and what to do. */
export function explain(message: string): string {
  const found = webhookErrors.find(({ pattern, flags }) => new RegExp(pattern, flags).test(message))
  return found === undefined ? otherwise : `${found.meaning} ${found.fix}`
}
