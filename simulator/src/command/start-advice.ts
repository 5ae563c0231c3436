/** Returns an error with advice in place of Node's error about the address to listen on; returns any other error. */
export function withAdvice(
  error: unknown,
  { port, host }: { port: number; host: string },
): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is taken on ${host}, perhaps by another simulator. Choose one with --port, or --port 0 for any`,
    EACCES: `This user may not listen on port ${port}. Choose a port above 1023 with --port`,
    EADDRNOTAVAIL: `${host} is not an address of this machine. Leave out --host, or use an address of this machine`,
    ENOTFOUND: `${host} cannot be resolved. Leave out --host, or use an address of this machine`,
  }
  const message = typeof code === "string" && Object.hasOwn(advice, code) ? advice[code] : undefined
  return message === undefined ? error : new Error(message, { cause: error })
}
