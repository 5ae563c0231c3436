import type { CallRecord } from "../http/api.js"
import type { PageCall } from "./protocol.js"

const maxCalls = 500
const maxAnswer = 20_000
const maxParameter = 20_000

/** The last 500 calls of bots. */
export class CallLog {
  #calls: PageCall[] = []
  #count = 0

  /** The recorded calls, oldest first. */
  get calls(): readonly PageCall[] {
    return this.#calls.slice(-maxCalls)
  }

  /** Records a call. */
  add(record: CallRecord): PageCall {
    const call: PageCall = {
      id: ++this.#count,
      bot: record.botId,
      method: record.method,
      params: shortened(record.params),
      files: record.files,
      status: record.status,
      at: record.at,
      ...(record.fault !== undefined && { fault: record.fault }),
      answer: JSON.stringify(record.answer).slice(0, maxAnswer),
    }
    if (this.#calls.push(call) >= 2 * maxCalls) this.#calls = this.#calls.slice(-maxCalls)
    return call
  }
}

function shortened(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, value.slice(0, maxParameter)]),
  )
}
