import { Served } from "../support/served-webhook.js"

// The same attacks on a server whose requests are all read by `node:http`.
Served.readsStrictly = false

await import("./connections.test.js")
await import("./fuzz.test.js")
await import("./long-bodies.test.js")
await import("./wrong-body.test.js")
await import("./wrong-head.test.js")
