import { commandLineWith } from "./command-line.js"
import { ownValue } from "../ground/own-value.js"
import { errorCode } from "../ground/thrown-error.js"

/**
 * Returns an error with advice in place of Node's error about the address to listen on; returns any other error.
 *
 * @param address.name the command line without options
 */
export function withAdvice(
  error: unknown,
  { port, host, name }: { port: number; host: string; name: string },
): unknown {
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is taken on ${host}, perhaps by another simulator. \`${commandLineWith("--port 0", name)}\` takes a free one`,
    EACCES: `This user may not listen on port ${port}. Choose a port above 1023 with --port`,
    EADDRNOTAVAIL: `${host} is not an address of this machine. Leave out --host, or use an address of this machine`,
    ENOTFOUND: `${host} cannot be resolved. Leave out --host, or use an address of this machine`,
  }
  const message = ownValue(advice, errorCode(error))
  return message === undefined ? error : new Error(message, { cause: error })
}
