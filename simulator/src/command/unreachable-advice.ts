import type { CallRecord } from "../index.js"
import { commandLineWith } from "./command-line.js"

/**
 * Returns the options with which the command accepts a webhook that it has just refused, because its host is
 * unknown or reserved; `undefined` for any other call.
 *
 * @param name the command line without options
 */
export function unreachableAdvice(
  { method, status, params, answer }: CallRecord,
  name: string,
): string | undefined {
  if (method !== "setWebhook" || status !== 400) return undefined
  const reason = /Failed to resolve host|IP address \S+ is reserved/.exec(answer.description ?? "")
  const address = params["url"] ?? ""
  if (reason === null || !URL.canParse(address)) return undefined
  const { hostname, port: given } = new URL(address)
  const port = given === "" ? "443" : given
  const ownPort = Number(port) < 1024 ? "8443" : port
  const option = `--map ${hostname}:${port}=127.0.0.1:${ownPort}`
  return `
Telegram cannot reach ${hostname}:${port} (${reason[0]}). If the bot listens on port ${ownPort} of
this machine, with TLS, start the simulator with its address:

  ${commandLineWith(option, name)}
`
}
