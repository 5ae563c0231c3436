/**
 * Whether updates would be taken: `starting` until Telegram has been told of the webhook, `stopping`
 * while what is held is brought to its end, `full` while the queue has no room, `failing` while it
 * cannot store anything.
 */
export type Readiness = "ready" | "starting" | "stopping" | "full" | "failing"
