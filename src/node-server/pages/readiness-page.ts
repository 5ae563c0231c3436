import type { Readiness } from "../../webhook/readiness.js"
import type { ServerPage } from "./server-page.js"
import type { Webhook } from "../../webhook/webhook.js"
import { textResponse, type WebhookResponse } from "../../webhook/webhook-response.js"

/** How long an answer is given again, in milliseconds: whoever asks more often costs nothing. */
const freshMs = 1000
/** How long queues may take to say how they are, in milliseconds. */
const patienceMs = 2000
/** How many webhooks are asked at most: what is wrong is mostly wrong for all. */
const mostAsked = 10

/**
 * The page for load balancers: 200 while one of the webhooks at least would take an update, 503 with
 * the reason while none would. Nothing that a stranger sends makes it cost more or say otherwise.
 */
export function readinessPage(webhooks: () => readonly Webhook[]): ServerPage {
  let known: { readonly endMs: number; readonly answer: Promise<WebhookResponse> } | undefined
  return () => {
    const now = performance.now()
    if (!known || now > known.endMs) {
      known = { endMs: now + freshMs, answer: readinessOf(webhooks()).then(responseTo) }
    }
    return known.answer
  }
}

async function readinessOf(webhooks: readonly Webhook[]): Promise<Readiness> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLong = new Promise<Readiness>((resolve) => {
    timer = setTimeout(() => resolve("failing"), patienceMs)
  })
  try {
    return await Promise.race([firstReady(webhooks), tooLong])
  } finally {
    clearTimeout(timer)
  }
}

/** `ready` where one is, else what is in the way of the last that was asked. */
async function firstReady(webhooks: readonly Webhook[]): Promise<Readiness> {
  let found: Readiness = "starting"
  for (const webhook of webhooks.slice(0, mostAsked)) {
    found = await webhook.readiness()
    if (found === "ready") break
  }
  return found
}

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
