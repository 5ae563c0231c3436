import type { Readiness } from "../../webhook/readiness.js"
import type { ServerPage } from "./server-page.js"
import type { Webhook } from "../../webhook/webhook.js"
import { textResponse, type WebhookResponse } from "../../webhook/webhook-response.js"

/** The time for which an answer is cached, in milliseconds. */
const cacheMs = 1000
/** The longest time for the probes of the queues, in milliseconds. */
const timeoutMs = 2000
/** The maximum number of probed webhooks: an obstacle usually concerns all webhooks of a server. */
const maxProbed = 10

/**
 * Returns the page for load balancers: 200 if at least one webhook can accept updates, otherwise 503 with
 * the reason. Requests of strangers can neither change the answer nor cause more than one probe per
 * second.
 */
export function readinessPage(webhooks: () => readonly Webhook[]): ServerPage {
  let cached: { readonly endMs: number; readonly answer: Promise<WebhookResponse> } | undefined
  return () => {
    const now = performance.now()
    if (!cached || now > cached.endMs) {
      cached = { endMs: now + cacheMs, answer: readinessOf(webhooks()).then(responseTo) }
    }
    return cached.answer
  }
}

async function readinessOf(webhooks: readonly Webhook[]): Promise<Readiness> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLong = new Promise<Readiness>((resolve) => {
    timer = setTimeout(() => resolve("failing"), timeoutMs)
  })
  try {
    return await Promise.race([firstReady(webhooks), tooLong])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves with `ready` if a webhook is ready, otherwise with the obstacle of the last one probed. */
async function firstReady(webhooks: readonly Webhook[]): Promise<Readiness> {
  let found: Readiness = "starting"
  for (const webhook of webhooks.slice(0, maxProbed)) {
    found = await webhook.readiness()
    if (found === "ready") break
  }
  return found
}

/** The texts of the answers. */
const texts: Readonly<Record<Readiness, string>> = {
  ready: "ready",
  starting: "starting",
  stopping: "stopping",
  full: "the queue is full",
  failing: "the queue cannot store updates",
}

function responseTo(readiness: Readiness): WebhookResponse {
  return textResponse(readiness === "ready" ? 200 : 503, texts[readiness])
}
