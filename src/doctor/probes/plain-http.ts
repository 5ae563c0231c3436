import { once } from "node:events"
import type { Socket } from "node:net"

/** A request without an effect on a bot. */
export const headRequest = "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

/** Resolves with true if a server answers a plain HTTP request. Never rejects. */
export async function plainHttpAnswer(
  open: () => Promise<Socket>,
  timeoutMs: number,
): Promise<boolean> {
  let socket: Socket | undefined
  try {
    socket = await open()
    socket.write(headRequest)
    const [bytes] = (await once(socket, "data", { signal: AbortSignal.timeout(timeoutMs) })) as [
      unknown,
    ]
    return String(bytes).startsWith("HTTP/")
  } catch {
    return false
  } finally {
    socket?.destroy()
  }
}
