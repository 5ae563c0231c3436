import { commandLineWith } from "./command-line.js"

/**
 * Returns an error with advice in place of Node's error about the address to listen on; returns any other error.
 *
 * @param address.name the command line without options
 */
export function withAdvice(
  error: unknown,
  { port, host, name }: { port: number; host: string; name: string },
): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is taken on ${host}, perhaps by another simulator. \`${commandLineWith("--port 0", name)}\` takes a free one`,
    EACCES: `This user may not listen on port ${port}. Choose a port above 1023 with --port`,
    EADDRNOTAVAIL: `${host} is not an address of this machine. Leave out --host, or use an address of this machine`,
    ENOTFOUND: `${host} cannot be resolved. Leave out --host, or use an address of this machine`,
  }
  const message = typeof code === "string" && Object.hasOwn(advice, code) ? advice[code] : undefined
  return message === undefined ? error : new Error(message, { cause: error })
}
