import { once } from "node:events"
import type { Socket } from "node:net"

/** What became of a connection that was left alone after an answer. */
export type IdleOutcome =
  | { readonly kind: "kept"; readonly ms: number }
  | { readonly kind: "closed"; readonly ms: number }
  | { readonly kind: "unknown" }

/**
 * Whether a server keeps a connection open after an answer.
 *
 * @param request what is to be answered first
 * @param idleMs how long to watch, in milliseconds
 */
export async function watchIdle(
  open: () => Promise<Socket>,
  request: string,
  idleMs: number,
): Promise<IdleOutcome> {
  let socket: Socket | undefined
  try {
    socket = await open()
    socket.write(request)
    await once(socket, "data", { signal: AbortSignal.timeout(10_000) })
    socket.resume()
    return await watch(socket, idleMs)
  } catch {
    return { kind: "unknown" }
  } finally {
    socket?.destroy()
  }
}

function watch(socket: Socket, idleMs: number): Promise<IdleOutcome> {
  return new Promise((resolve) => {
    const start = performance.now()
    const end = (kind: "kept" | "closed") => {
      clearTimeout(timer)
      resolve({ kind, ms: Math.round(performance.now() - start) })
    }
    const timer = setTimeout(() => end("kept"), idleMs)
    for (const event of ["end", "close", "error"]) socket.once(event, () => end("closed"))
  })
}
