import { createServer, type Server } from "node:http"

/** A Bot API server that stores the webhook of each bot, and answers every other call with `true`. */
export interface WebhookRegistry {
  readonly apiRoot: string
  readonly server: Server
}

/** Starts a {@link WebhookRegistry}. */
export function startRegistry(): Promise<WebhookRegistry> {
  const webhooks = new Map<string, object>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const [, bot = "", method = ""] = (request.url ?? "").split("/")
      if (method === "setWebhook") {
        // The body is a call of `setWebhook`.
        const call = JSON.parse(Buffer.concat(chunks).toString()) as { readonly url: string }
        webhooks.set(bot, webhookInfo(call))
      }
      const result =
        method === "getWebhookInfo" ? (webhooks.get(bot) ?? webhookInfo({ url: "" })) : true
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify({ ok: true, result }))
    })
  })
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = address !== null && typeof address === "object" ? address.port : 0
      resolve({ apiRoot: `http://127.0.0.1:${port}`, server })
    })
  })
}

function webhookInfo(registered: { readonly url: string }): object {
  const counts = { has_custom_certificate: false, pending_update_count: 0, max_connections: 40 }
  return { ...counts, ...registered, secret_token: undefined }
}
