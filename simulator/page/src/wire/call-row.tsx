import { Component } from "preact"
import type { PageCall } from "../../../src/page/protocol.js"
import { copyText } from "../copy-text.js"
import { store } from "../page-store.js"
import { exactTime } from "../times.js"
import { callAsCurl } from "./call-as-curl.js"
import { gistOfCall } from "./gist.js"
import { JsonView } from "./json-view.js"

/** A call of a bot with its arguments and its answer. */
export class CallRow extends Component<{ readonly call: PageCall }> {
  override shouldComponentUpdate(next: { readonly call: PageCall }): boolean {
    return next.call !== this.props.call
  }

  override render() {
    const { method, params, status, at, answer, fault } = this.props.call
    const isGood = status === 200 && fault === undefined
    const words = [fault && `Fault: ${fault}`, descriptionOf(answer)].filter(Boolean)
    return (
      <li class="row">
        <details>
          <summary>
            <span class="row-name">{method}</span>
            <time class="dim">{exactTime(at)}</time>
            <span class="gist" dir="auto">
              {gistOfCall(params)}
            </span>
            <span class={`chip ${isGood ? "good" : "bad"}`}>
              {status === 0 ? "no answer" : status}
            </span>
          </summary>
          <button type="button" class="again" onClick={() => void copy(this.props.call)}>
            Copy as curl
          </button>
          <JsonView json={JSON.stringify(readable(params))} label="Arguments" />
          <JsonView json={answer} label="Answer" />
        </details>
        {isGood ? null : <p class="failure bad-text">{words.join(". ")}</p>}
      </li>
    )
  }
}

async function copy(call: PageCall): Promise<void> {
  if (!(await copyText(callAsCurl(call, store.state.apiRoot)))) return
  store.notice({ kind: "note", text: "Copied. The command reads the token from BOT_TOKEN" })
}

// Arguments that contain JSON are shown as JSON.
function readable(params: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).map(([name, text]) => [name, parsed(text)]))
}

function parsed(text: string): unknown {
  if (!/^[[{]/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function descriptionOf(answer: string): string {
  try {
    // The simulator wrote this JSON.
    return (JSON.parse(answer) as { description?: string }).description ?? ""
  } catch {
    return ""
  }
}
