/**
 * Sockets that somebody else listens on and hands to this process: systemd, or a program that starts
 * this one with an open descriptor.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
 * @module
 */
import { SounderError } from "../telegram/errors.js"

/** Which of the sockets that were handed to this process. */
export interface PassedSocket {
  /** Its descriptor, or its name at systemd, empty for the only one. */
  readonly passed: number | string
}

/** The first descriptor that systemd passes on. */
const firstDescriptor = 3

/** What is closed here is closed for good: the number may be another file's by then. */
const used = new Set<number>()

/** What `fd:3`, `systemd` and `systemd:NAME` mean; `undefined` for anything else. */
export function passedSocketOf(listen: string): PassedSocket | undefined {
  const [, descriptor, name] = /^(?:fd:(\d{1,9})|systemd(?::(.+))?)$/.exec(listen) ?? []
  if (descriptor !== undefined) return { passed: Number(descriptor) }
  return listen.startsWith("systemd") ? { passed: name ?? "" } : undefined
}

/**
 * The descriptor to listen on. It can be listened on once in a process.
 *
 * @throws SounderError `listen-failed` where no such socket was handed over
 */
export function descriptorOf(
  { passed }: PassedSocket,
  environment: NodeJS.ProcessEnv = process.env,
): number {
  const descriptor = typeof passed === "number" ? passed : fromSystemd(passed, environment)
  if (used.has(descriptor)) {
    throw failed(
      `descriptor ${descriptor} was closed when the server stopped. ` +
        "A socket that was passed on can be listened on once: start the process anew",
    )
  }
  used.add(descriptor)
  return descriptor
}

function fromSystemd(name: string, environment: NodeJS.ProcessEnv): number {
  const { LISTEN_PID: pid, LISTEN_FDS: count = "0", LISTEN_FDNAMES: names = "" } = environment
  if (pid === undefined || Number(count) < 1) {
    throw failed(
      "systemd has passed no socket on. Start the .socket unit, not the .service, and give both the same name",
    )
  }
  if (Number(pid) !== process.pid) {
    throw failed(
      `the socket is for process ${pid}, and this is ${process.pid}. ExecStart must run node itself, not npm or a shell (or use exec in the shell)`,
    )
  }
  if (name === "" && count === "1") return firstDescriptor
  const known = names.split(":")
  const found = known.indexOf(name)
  if (name === "" || found < 0) {
    throw failed(
      `there are ${count} sockets, by the names ${known.join(", ")}. Say which: \`listen: "systemd:NAME"\`, with FileDescriptorName=NAME in the .socket unit`,
    )
  }
  return firstDescriptor + found
}

function failed(reason: string): SounderError {
  return new SounderError("listen-failed", `Cannot listen on a socket that is passed on: ${reason}`)
}
