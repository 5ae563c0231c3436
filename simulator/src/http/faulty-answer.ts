import type { ServerResponse } from "node:http"
import { answerOfError, type Answer } from "./answer.js"
import { CallError } from "../ground/call-error.js"
import type { Fault } from "./fault.js"

/**
 * Answers a call with a fault.
 * @param answer the correct response, if the call was carried out
 */
export function writeFault(
  fault: Exclude<Fault, { slowMs: number }>,
  answer: Answer | undefined,
  response: ServerResponse,
): void {
  if (fault === "silence") return
  if (fault === "refuse") return void response.destroy()
  if (fault === "cut") return cut(answer?.body ?? "", response)
  if ("html" in fault) return html(fault.html, response)
  const { status, body, retryAfter } = answerOfError(errorOf(fault))
  response.writeHead(status, {
    "Content-Type": "application/json",
    ...(retryAfter !== undefined && { "Retry-After": retryAfter }),
    "Content-Length": body.length,
  })
  response.end(body)
}

/** Returns a description of a fault, for the log of calls. */
export function faultWords(fault: Fault): string {
  if (fault === "cut") return "cut in the middle of the answer, after the call was carried out"
  if (fault === "refuse") return "connection closed before the call was read"
  if (fault === "silence") return "no answer"
  if ("slowMs" in fault) return `answered ${fault.slowMs} ms late`
  if ("html" in fault) return `answered by a server in front of Telegram with ${fault.html}`
  if ("retryAfter" in fault) return `asked to wait ${fault.retryAfter} s`
  return `answered with ${fault.status}`
}

/** Returns the answer to a call that a fault has prevented; status 0 if no answer was sent. */
export function answerOfFault(fault: Exclude<Fault, "cut" | { slowMs: number }>): Answer {
  if (fault === "refuse" || fault === "silence") return { status: 0, body: '{"ok":false}' }
  if ("html" in fault) return { status: fault.html, body: '{"ok":false}' }
  return answerOfError(errorOf(fault))
}

function errorOf(fault: { retryAfter: number } | { status: number; description?: string }) {
  if ("retryAfter" in fault) return CallError.tooManyRequests(fault.retryAfter)
  return new CallError(fault.status, fault.description ?? reasons[fault.status] ?? "Error")
}

function cut(body: string, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": body.length })
  response.write(body.slice(0, body.length / 2), () => response.destroy())
}

function html(status: number, response: ServerResponse): void {
  const title = `${status} ${reasons[status] ?? "Error"}`
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n`
  response.writeHead(status, { "Content-Type": "text/html", "Content-Length": body.length })
  response.end(body)
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
}
