import { request, type IncomingHttpHeaders } from "node:http"
import { onTestFinished } from "vitest"
import { Simulator } from "@sounder/simulator"
import { FleetAdmin, type FleetAdminOptions } from "../../src/admin/index.js"
import { Fleet, type FleetOptions } from "../../src/fleet/index.js"
import { RecordingLogger } from "../support/recording-logger.js"

/** The password of all pages in the tests. */
export const password = "correct horse battery"

/** An answer of the page. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** The parts of a request that differ from those of an operator who opens the page. */
interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
  /** `null` for no credentials. Default: the right ones. */
  readonly credentials?: string | null
}

/** Returns an `Authorization` header. */
export function basic(given: string): string {
  return `Basic ${Buffer.from(given).toString("base64")}`
}

/** Returns a function that sends requests to a page, with headers that `fetch` reserves, too. */
export function asker(url: string) {
  return (path: string, asked: Asked = {}): Promise<Answer> => {
    const { method = "GET", headers = {}, body = "", credentials = `admin:${password}` } = asked
    const all = {
      ...(credentials !== null && { authorization: basic(credentials) }),
      ...(method === "POST" && { "content-type": "application/x-www-form-urlencoded" }),
      ...headers,
    }
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers: all, agent: false, path }, async (response) => {
        const text = Buffer.concat(await response.toArray()).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
      sent.once("error", reject)
      sent.end(body)
    })
  }
}

/** Starts a page, which is closed after the test. */
export async function startAdmin(options: Partial<FleetAdminOptions>) {
  const logger = new RecordingLogger()
  const admin = new FleetAdmin({ password, port: 0, logger, ...options })
  onTestFinished(() => admin.close())
  const { url = "", port } = await admin.start()
  return { admin, url, port, logger, ask: asker(url) }
}

/** Starts a simulator and a fleet that polls in it. Both are closed after the test. */
export async function startFleet(options: FleetOptions = {}) {
  const telegram = await Simulator.start()
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const logger = new RecordingLogger()
  const fleet = new Fleet({ botOptions: { apiRoot: telegram.apiRoot }, logger, ...options })
  onTestFinished(async () => {
    await fleet.stop({ deadlineMs: 100 })
    await fleet[Symbol.asyncDispose]()
  })
  return { telegram, fleet, logger }
}

/** Returns the token of the forms on a page of a bot. */
export function formToken({ text }: Answer): string {
  return /name="token" value="([^"]*)"/.exec(text)?.[1] ?? ""
}
