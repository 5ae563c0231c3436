import { useState } from "preact/hooks"
import { store } from "../page-store.js"
import { act } from "../server.js"

/** Buttons that change the address of a webhook's host, or make its look-up fail. */
export function NameFaults() {
  const [host, setHost] = useState("")
  const [to, setTo] = useState("")
  const set = async (target: string, text: string) => {
    if (await act("setHost", { host, to: target })) store.notice({ kind: "note", text })
  }
  return (
    <>
      <h3>Host name of the webhook</h3>
      <label class="field">
        <span>Host name and port, as in bot1.example.com:443</span>
        <input value={host} onInput={({ currentTarget }) => setHost(currentTarget.value.trim())} />
      </label>
      <label class="field">
        <span>Resolves to, as in 127.0.0.1:8443</span>
        <input value={to} onInput={({ currentTarget }) => setTo(currentTarget.value.trim())} />
      </label>
      <div class="fault-list">
        <button type="button" onClick={() => void set(to, `${host} now resolves to ${to}`)}>
          Resolve to this address
        </button>
        <button type="button" onClick={() => void set("unknown", `${host} is now unknown to DNS`)}>
          Unknown host
        </button>
        <button
          type="button"
          onClick={() => void set("unavailable", `The DNS look-up of ${host} now fails`)}
        >
          DNS failure
        </button>
      </div>
    </>
  )
}
