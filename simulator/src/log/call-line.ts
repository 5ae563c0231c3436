import type { CallRecord } from "../http/api.js"
import { visibleJson } from "./visible-json.js"

const shown = 40

/** Returns a call and its answer in one line. The secret of a webhook is left out. */
export function callLine({ method, params, status, answer, fault }: CallRecord): string {
  const words = Object.entries(params).map(([name, value]) => `${name}=${shownValue(name, value)}`)
  const call = [method, ...words].join(" ")
  if (fault !== undefined) return `${call}: ${fault}`
  if (status !== 200) return `${call}: ${status} ${answer.description ?? ""}`.trimEnd()
  const { result } = answer
  if (method !== "getUpdates" || !Array.isArray(result)) return `${call}: 200`
  if (result.length === 0) return `${call}: 200, no updates`
  return `${call}: 200, ${result.length} update${result.length === 1 ? "" : "s"}`
}

function shownValue(name: string, value: string): string {
  if (name === "secret_token") return "<secret>"
  return /^-?[\w.]+$/.test(value) && value.length <= shown ? value : visibleJson(value, shown)
}
