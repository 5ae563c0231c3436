import { errorCode } from "../ground/error-text.js"
import { once } from "node:events"
import { lstat, unlink } from "node:fs/promises"
import type { Server } from "node:net"
import { nodeNet } from "../ground/node-modules.js"
import { SounderError } from "../telegram/errors.js"
import { descriptorOf, type PassedSocket, passedSocketOf } from "./passed-socket.js"

/** A place to listen on: an address and port, a unix socket, or an inherited socket. */
export type ListenTarget =
  | PassedSocket
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string }

/**
 * Parses the options `listen` and `port`: `unix:/path` is a unix socket, `fd:3` and `systemd` are
 * inherited sockets, and any other value is an address.
 */
export function listenTargetOf(listen: string, port: number): ListenTarget {
  if (listen.startsWith("unix:")) return { socketPath: listen.slice(5) }
  return passedSocketOf(listen) ?? { host: listen, port }
}

/**
 * Starts to listen. Replaces the socket file that a dead server left behind, but not the file of a running
 * server. Rejects with `listen-failed`, whose message names the cause and the fix.
 */
export async function listen(server: Server, target: ListenTarget): Promise<void> {
  try {
    await bind(server, target)
  } catch (error) {
    if (error instanceof SounderError) throw error
    if (await removeStaleSocket(error, target)) return listen(server, target)
    throw new SounderError("listen-failed", failureText(error, target), { cause: error })
  }
}

async function bind(server: Server, target: ListenTarget): Promise<void> {
  if ("passed" in target) server.listen({ fd: descriptorOf(target) })
  else server.listen("socketPath" in target ? { path: target.socketPath } : target)
  await once(server, "listening")
}

/** Removes the socket file of a dead server, if there is one. Resolves with true if it removed one. */
async function removeStaleSocket(error: unknown, target: ListenTarget): Promise<boolean> {
  if (errorCode(error) !== "EADDRINUSE" || !("socketPath" in target)) return false
  if (!(await isSocket(target.socketPath)) || (await isInUse(target.socketPath))) return false
  await unlink(target.socketPath)
  return true
}

async function isSocket(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSocket()
  } catch {
    return false
  }
}

async function isInUse(path: string): Promise<boolean> {
  const socket = nodeNet().connect(path)
  try {
    await once(socket, "connect")
    return true
  } catch (error) {
    return errorCode(error) !== "ECONNREFUSED"
  } finally {
    socket.destroy()
  }
}

function failureText(error: unknown, target: ListenTarget): string {
  if ("passed" in target) {
    return `Cannot listen on ${typeof target.passed === "number" ? `file descriptor ${target.passed}` : `the socket ${target.passed} of systemd`}: it is not a listening socket (${errorCode(error)}). Pass a socket that is bound and listening`
  }
  const place = "socketPath" in target ? target.socketPath : `${target.host} port ${target.port}`
  return `Cannot listen on ${place}: ${adviceFor(errorCode(error), "socketPath" in target)}`
}

function adviceFor(code: string, isSocket: boolean): string {
  switch (code) {
    case "EADDRINUSE":
      return isSocket
        ? "another server listens there, or the file is not a socket. Stop that server or choose another path"
        : "another program listens there. Stop it or choose another `port`"
    case "EACCES":
    case "EPERM":
      return isSocket
        ? "its folder does not exist, or this process may not write to it. Create the folder or choose another path"
        : "this process may not listen on this port. Choose a `port` above 1023 and forward the port to it, or permit it (on Linux: setcap cap_net_bind_service=+ep on node)"
    case "EADDRNOTAVAIL":
      return "this machine has no such address. Set `listen` to 0.0.0.0, or to an address of this machine"
    case "ENOTFOUND":
      return "the host name in `listen` has no address. Set `listen` to an address of this machine"
    default:
      return code
  }
}
