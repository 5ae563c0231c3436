/**
 * The readiness of a webhook to accept updates: `ready`; `starting` until the webhook is registered;
 * `stopping` after `Webhook.stopIntake`; `full` while the queue has no room; `failing` while the queue cannot
 * store updates.
 */
export type Readiness = "ready" | "starting" | "stopping" | "full" | "failing"
