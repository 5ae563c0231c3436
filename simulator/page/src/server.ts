import type { PageEvent } from "../../src/page/protocol.js"
import { store } from "./page-store.js"

const reconnectMs = 2000

/** Follows what happens; comes back by itself and then gets what it has missed. */
export function connect(lastId = ""): void {
  const source = new EventSource(`/page/events${lastId && `?last=${encodeURIComponent(lastId)}`}`)
  let seen = lastId
  source.addEventListener("open", () => isConnected(true))
  source.addEventListener("message", ({ data, lastEventId }) => {
    seen = lastEventId
    // The simulator's own events.
    store.apply(JSON.parse(data) as PageEvent[])
  })
  source.addEventListener("error", () => {
    isConnected(false)
    if (source.readyState === EventSource.CLOSED) setTimeout(() => connect(seen), reconnectMs)
  })
}

/** Does something. `undefined` where it was refused: then the page says why. */
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
    // The simulator's own answer.
    const answer = (await response.json()) as { ok: boolean; error?: string } & T
    if (answer.ok) return answer
    store.notice({ kind: "error", text: answer.error ?? "That did not work" })
  } catch {
    store.notice({ kind: "error", text: "The simulator does not answer. Is it still running?" })
  }
  return undefined
}

/** Where a file of a message is. */
export function fileUrl(id: string): string {
  return `/page/file?id=${encodeURIComponent(id)}`
}

/** The bytes of a file as base64. */
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
