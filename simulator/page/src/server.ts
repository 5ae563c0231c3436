import type { PageEvent } from "../../src/page/protocol.js"
import { store } from "./page-store.js"

const reconnectMs = 2000

/** Applies the simulator's events. Reconnects by itself, and then gets the missed events. */
export function connect(lastId = ""): void {
  const source = new EventSource(`/page/events${lastId && `?last=${encodeURIComponent(lastId)}`}`)
  let seen = lastId
  source.addEventListener("open", () => isConnected(true))
  source.addEventListener("message", ({ data, lastEventId }) => {
    seen = lastEventId
    // The simulator's events have this type.
    store.apply(JSON.parse(data) as PageEvent[])
  })
  source.addEventListener("error", () => {
    isConnected(false)
    if (source.readyState === EventSource.CLOSED) setTimeout(() => connect(seen), reconnectMs)
  })
}

/** Carries out an action. Resolves with `undefined` if it was refused, and shows the reason. */
export async function act<T extends object>(
  action: string,
  input: object = {},
): Promise<T | undefined> {
  try {
    const response = await fetch(`/page/${action}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(input),
    })
    // The simulator's answer has this type.
    const answer = (await response.json()) as { ok: boolean; error?: string } & T
    if (answer.ok) return answer
    store.notice({ kind: "error", text: answer.error ?? "The action failed" })
  } catch {
    store.notice({ kind: "error", text: "The simulator is not responding. Is it still running?" })
  }
  return undefined
}

/** Returns the URL of a file. */
export function fileUrl(id: string): string {
  return `/page/file?id=${encodeURIComponent(id)}`
}

/** Returns the bytes of a file as base64. */
export async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ""
  for (let at = 0; at < bytes.length; at += 32_768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32_768))
  }
  return btoa(text)
}

function isConnected(isConnected: boolean): void {
  store.change((state) => ({ ...state, isConnected }))
}
