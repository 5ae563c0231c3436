import { useState } from "preact/hooks"
import { store } from "../page-store.js"
import { act } from "../server.js"

/** Lets the name of a webhook lead elsewhere, or nowhere. */
export function NameFaults() {
  const [host, setHost] = useState("")
  const [to, setTo] = useState("")
  const set = async (target: string, text: string) => {
    if (await act("setHost", { host, to: target })) store.notice({ kind: "note", text })
  }
  return (
    <>
      <h3>The name of the webhook</h3>
      <label class="field">
        <span>Name and port, as in bot1.example.com:443</span>
        <input value={host} onInput={({ currentTarget }) => setHost(currentTarget.value.trim())} />
      </label>
      <label class="field">
        <span>Leads to, as in 127.0.0.1:8443</span>
        <input value={to} onInput={({ currentTarget }) => setTo(currentTarget.value.trim())} />
      </label>
      <div class="fault-list">
        <button type="button" onClick={() => void set(to, `${host} leads to ${to} from now on`)}>
          Lead the name there
        </button>
        <button type="button" onClick={() => void set("unknown", `${host} is not to be found`)}>
          The name is unknown
        </button>
        <button
          type="button"
          onClick={() => void set("unavailable", `Nobody answers who ${host} is`)}
        >
          The lookup fails
        </button>
      </div>
    </>
  )
}
