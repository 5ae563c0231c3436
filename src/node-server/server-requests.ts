import type { IncomingMessage, ServerResponse } from "node:http"
import type { Callers } from "./client-address/callers.js"
import { pathOf } from "../webhook/url-path.js"
import type { ServerPage } from "./pages/server-page.js"
import { refuse } from "./answers.js"
import { ClosedPath } from "./closed-path.js"
import { receiveRequest, refusalOf } from "./receive-request.js"
import type { Webhook } from "../webhook/webhook.js"
import {
  announced,
  refusals,
  textResponse,
  type WebhookResponse,
} from "../webhook/webhook-response.js"
import type { ServerReports } from "./server-reports.js"
import type { StrictHead } from "./strict/strict-head.js"
import type { WebhookRoutes } from "./webhook-routes.js"

/** The answers of a server to its requests: webhooks and pages at their paths, 404 elsewhere. */
export class ServerRequests {
  readonly #routes: WebhookRoutes
  readonly #pages: ReadonlyMap<string, ServerPage>
  readonly #callers: Callers
  readonly #reports: ServerReports

  /** @param pages the pages by path; for GET and HEAD, a page precedes a webhook with the same path */
  constructor(
    routes: WebhookRoutes,
    pages: ReadonlyMap<string, ServerPage>,
    callers: Callers,
    reports: ServerReports,
  ) {
    this.#routes = routes
    this.#pages = pages
    this.#callers = callers
    this.#reports = reports
  }

  /**
   * Answers a request. Returns true if a webhook has accepted the head of the request, secret included.
   *
   * @param client the client of the connection
   * @param sendContinue called before the body is read, for clients that wait for `100 Continue`
   */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    client: string,
    sendContinue?: () => void,
  ): boolean {
    const url = request.url ?? ""
    const page = this.#pageOf(request.method, url)
    if (page) {
      void answerWithPage(page, request, response)
      return false
    }
    const route = this.#routes.find(url)
    const caller = this.#callers.callerOf(request.headers, client)
    const mayCall = this.#callers.mayCall(caller)
    if (route && mayCall) {
      if (!(route instanceof ClosedPath))
        return receiveRequest(route, request, response, { caller, sendContinue })
      refuse(request, response, refusalOf(route, request, caller))
      return false
    }
    if (route) this.#reports.address(caller, this.#callers.refusalText(caller))
    refuse(request, response, announced(route ? refusals.address : refusals.path, route?.botId))
    return false
  }

  /**
   * Returns the webhook that accepts a request by its head; `undefined` if the request needs another
   * answer, which {@link ServerRequests.answer} gives. Reports nothing.
   *
   * @param client returns the client of the connection
   */
  receiverOf(head: StrictHead, client: () => string): Webhook | undefined {
    const route = this.#routes.find(head.path)
    if (route?.accepts(head) !== true || route instanceof ClosedPath) return undefined
    const isPermitted =
      !this.#callers.isLimited || this.#callers.mayCall(this.#callers.callerOf(head, client()))
    return isPermitted ? route : undefined
  }

  /** Answers a request with `Expect: 100-continue`, whose client waits before it sends the body. */
  answerExpecting(request: IncomingMessage, response: ServerResponse, client: string): boolean {
    return this.answer(request, response, client, () => response.writeContinue())
  }

  #pageOf(method: string | undefined, url: string): ServerPage | undefined {
    if (method !== "GET" && method !== "HEAD") return undefined
    return this.#pages.get(pathOf(url))
  }
}

async function answerWithPage(
  page: ServerPage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let answer: WebhookResponse
  try {
    answer = await page(request)
  } catch {
    answer = pageFailed
  }
  refuse(request, response, answer)
}

const pageFailed = textResponse(500, "The page failed.")
