import { useState } from "preact/hooks"
import { act } from "../server.js"
import { store } from "../page-store.js"
import { NameFaults } from "./name-faults.js"

const faults = [
  ["429", "429, retry after 5 s"],
  ["500", "500 Internal Server Error"],
  ["502", "502 with HTML"],
  ["401", "401 Unauthorized"],
  ["slow", "Answer 3 s late"],
  ["cut", "Cut the answer in the middle"],
  ["refuse", "Close before it is read"],
  ["silence", "Never answer"],
] as const

/** Lets the bot's next calls, or the delivery to it, go wrong. */
export function FaultButtons({ bot }: { readonly bot: number }) {
  const [method, setMethod] = useState("")
  const [times, setTimes] = useState(1)
  const plan = async (fault: string, name: string) => {
    const planned = await act("fault", { fault, times, ...(method !== "" && { method }) })
    const which = method === "" ? "any method" : method
    if (planned) said(`The next ${times} of ${which}: ${name}`)
  }
  return (
    <div class="form faults">
      <h3>The bot's next calls</h3>
      <div class="fault-scope">
        <label class="field">
          <span>Method (any if empty)</span>
          <input
            value={method}
            onInput={({ currentTarget }) => setMethod(currentTarget.value.trim())}
          />
        </label>
        <label class="field">
          <span>Times</span>
          <input
            type="number"
            min={1}
            max={1000}
            value={times}
            onInput={({ currentTarget }) => setTimes(Math.max(1, currentTarget.valueAsNumber || 1))}
          />
        </label>
      </div>
      <div class="fault-list">
        {faults.map(([fault, name]) => (
          <button type="button" key={fault} onClick={() => void plan(fault, name)}>
            {name}
          </button>
        ))}
        <button
          type="button"
          onClick={() => void done("clearFaults", "Nothing goes wrong any more")}
        >
          Clear all faults
        </button>
      </div>
      <h3>The delivery</h3>
      <div class="fault-list">
        <button
          type="button"
          onClick={() =>
            void done("restartWebhook", "Telegram's webhook server was restarted", bot)
          }
        >
          Restart Telegram's webhook server
        </button>
        <button
          type="button"
          onClick={() =>
            void done("restartUpdateIds", "The update ids jump; what waited is lost", bot)
          }
        >
          Let the update ids jump
        </button>
        <button
          type="button"
          onClick={() => void done("pollFromElsewhere", "Another process polls, too", bot)}
        >
          Poll from another process
        </button>
      </div>
      <NameFaults />
    </div>
  )
}

async function done(action: string, text: string, bot?: number): Promise<void> {
  if (await act(action, { ...(bot !== undefined && { bot }) })) said(text)
}

function said(text: string): void {
  store.notice({ kind: "note", text })
}
