import { once } from "node:events"
import type { Socket } from "node:net"

/**
 * The state of an idle connection at the end of the watch; `unknown` if the request already failed. `ms`
 * is the time since the answer, in milliseconds.
 */
export type IdleOutcome =
  | { readonly kind: "kept"; readonly ms: number }
  | { readonly kind: "closed"; readonly ms: number }
  | { readonly kind: "unknown" }

/**
 * Watches whether a server keeps an idle connection open after an answer. Never rejects.
 *
 * @param open opens the connection, which `watchIdle` closes
 * @param request the request before the idle time, as bytes of HTTP/1.1
 * @param idleMs the time to watch, in milliseconds
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
