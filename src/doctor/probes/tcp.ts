import { errorCode, errorText } from "../../ground/error-text.js"
import { connect, type Socket } from "node:net"
import type { Target } from "./target.js"

/**
 * The result of an attempt to open a TCP connection. `unreachable` is any other error, with its code as
 * the reason.
 */
export type TcpOutcome =
  | { readonly kind: "open"; readonly ms: number }
  | { readonly kind: "refused" }
  | { readonly kind: "timeout" }
  | { readonly kind: "reset" }
  | { readonly kind: "unreachable"; readonly reason: string }

/** Opens and closes a TCP connection, and resolves with the result. Never rejects. */
export async function probeTcp(target: Target, timeoutMs: number): Promise<TcpOutcome> {
  const start = performance.now()
  try {
    const socket = await openTcp(target, timeoutMs)
    socket.destroy()
    return { kind: "open", ms: Math.round(performance.now() - start) }
  } catch (error) {
    return outcomeOf(error)
  }
}

/**
 * Opens a TCP connection. Rejects with the system's error, or after `timeoutMs` with an error of the
 * code `ETIMEDOUT`.
 */
export function openTcp({ address, port }: Target, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true })
    const timer = setTimeout(() => socket.destroy(timeoutError()), timeoutMs)
    const settle = (complete: () => void) => {
      clearTimeout(timer)
      complete()
    }
    // Stays attached: a later error without any listener would end the process.
    socket.on("error", (error) => settle(() => reject(error)))
    socket.once("connect", () => settle(() => resolve(socket)))
  })
}

/** Returns the error of a probe that took too long. */
export function timeoutError(): Error {
  return Object.assign(new Error("No answer in time"), { code: "ETIMEDOUT" })
}

function outcomeOf(error: unknown): TcpOutcome {
  const code = errorCode(error) || errorText(error)
  if (code === "ECONNREFUSED") return { kind: "refused" }
  if (code === "ETIMEDOUT") return { kind: "timeout" }
  if (code === "ECONNRESET") return { kind: "reset" }
  return { kind: "unreachable", reason: code }
}
