import { usePage } from "../page-store.js"
import { JsonView } from "./json-view.js"

/** A bot's current way of receiving, with the result of `getWebhookInfo`. */
export function ReceivingView({ bot }: { readonly bot: number }) {
  const receiving = usePage((state) => state.receiving.get(bot))
  if (receiving === undefined) return null
  const { info, isPolling } = receiving
  const url = String(info["url"] ?? "")
  const error = info["last_error_message"]
  return (
    <section class="receiving" aria-label="How the bot receives">
      <p class="receiving-line">
        <span class={`chip ${url !== "" || isPolling ? "good" : "calm"}`}>
          {url !== "" ? "webhook" : isPolling ? "polling" : "not receiving"}
        </span>
        <bdi class="address">{url}</bdi>
        <span class="dim">{String(info["pending_update_count"] ?? 0)} pending</span>
      </p>
      {typeof error === "string" ? <p class="bad-text">Last error: {error}</p> : null}
      <details>
        <summary>getWebhookInfo</summary>
        <JsonView json={JSON.stringify(info)} label="getWebhookInfo" />
      </details>
    </section>
  )
}
