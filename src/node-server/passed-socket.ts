/**
 * Inherited sockets: listening sockets that systemd, or another parent process, passes to this process as
 * open file descriptors.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
 * @module
 */
import { SounderError } from "../telegram/errors.js"

/** An inherited socket. */
export interface PassedSocket {
  /** The descriptor, or the socket's name in systemd; an empty name stands for the only socket. */
  readonly passed: number | string
}

/** The first descriptor that systemd passes. */
const firstDescriptor = 3

/** The descriptors that were used. None is used again: after its socket is closed, it may be another file's. */
const usedDescriptors = new Set<number>()

/** Parses `fd:3`, `systemd` and `systemd:NAME`. Returns `undefined` for other values. */
export function passedSocketOf(listen: string): PassedSocket | undefined {
  const [, descriptor, name] = /^(?:fd:(\d{1,9})|systemd(?::(.+))?)$/.exec(listen) ?? []
  if (descriptor !== undefined) return { passed: Number(descriptor) }
  return listen.startsWith("systemd") ? { passed: name ?? "" } : undefined
}

/**
 * Returns the descriptor of an inherited socket. Each descriptor can be used once in a process. Throws
 * `listen-failed` if the process has not inherited such a socket.
 */
export function descriptorOf(
  { passed }: PassedSocket,
  environment: NodeJS.ProcessEnv = process.env,
): number {
  const descriptor = typeof passed === "number" ? passed : fromSystemd(passed, environment)
  if (usedDescriptors.has(descriptor)) {
    throw listenFailed(
      `a server of this process has used descriptor ${descriptor} before. ` +
        "An inherited socket can be used once: restart the process",
    )
  }
  usedDescriptors.add(descriptor)
  return descriptor
}

function fromSystemd(name: string, environment: NodeJS.ProcessEnv): number {
  const { LISTEN_PID: pid, LISTEN_FDS: count = "0", LISTEN_FDNAMES: names = "" } = environment
  if (pid === undefined || Number(count) < 1) {
    throw listenFailed(
      "systemd has passed no socket. Start the .socket unit, not the .service, and give both the same name",
    )
  }
  if (Number(pid) !== process.pid) {
    throw listenFailed(
      `the socket is for process ${pid}, but this is process ${process.pid}. ExecStart has to run node itself, not npm or a shell (or use exec in the shell)`,
    )
  }
  if (name === "" && count === "1") return firstDescriptor
  const socketNames = names.split(":")
  const index = socketNames.indexOf(name)
  if (name === "" || index < 0) {
    throw listenFailed(
      `systemd has passed ${count} sockets, with the names ${socketNames.join(", ")}. Choose one: \`listen: "systemd:NAME"\`, with FileDescriptorName=NAME in the .socket unit`,
    )
  }
  return firstDescriptor + index
}

function listenFailed(reason: string): SounderError {
  return new SounderError("listen-failed", `Cannot listen on an inherited socket: ${reason}`)
}
