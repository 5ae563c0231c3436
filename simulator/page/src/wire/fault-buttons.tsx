import { useState } from "preact/hooks"
import { act } from "../server.js"
import { store } from "../page-store.js"
import { NameFaults } from "./name-faults.js"
import { PlannedFaults } from "./planned-faults.js"

const faults = [
  ["429", "429, retry after 5 s"],
  ["500", "500 Internal Server Error"],
  ["502", "502 with HTML"],
  ["401", "401 Unauthorized"],
  ["slow", "Answer after 3 s"],
  ["cut", "Cut the answer off in the middle"],
  ["refuse", "Close the connection unread"],
  ["silence", "Never answer"],
] as const

/** Buttons that make the next calls of a bot, or the delivery of its updates, fail. */
export function FaultButtons({ bot }: { readonly bot: number }) {
  const [method, setMethod] = useState("")
  const [times, setTimes] = useState(1)
  const plan = async (fault: string) => {
    await act("fault", { fault, times, ...(method !== "" && { method }) })
  }
  return (
    <div class="form faults">
      <h3>Faults of the next calls</h3>
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
          <button type="button" key={fault} onClick={() => void plan(fault)}>
            {name}
          </button>
        ))}
      </div>
      <h3>Planned faults</h3>
      <PlannedFaults />
      <h3>Delivery</h3>
      <div class="fault-list">
        <button
          type="button"
          onClick={() =>
            void actWithNote("restartWebhook", "Telegram's webhook server has restarted", bot)
          }
        >
          Restart Telegram's webhook server
        </button>
        <button
          type="button"
          onClick={() =>
            void actWithNote(
              "restartUpdateIds",
              "The update ids start over; waiting updates are lost",
              bot,
            )
          }
        >
          Start the update ids over
        </button>
        <button
          type="button"
          onClick={() => void actWithNote("pollFromElsewhere", "Another process polls, too", bot)}
        >
          Poll from another process
        </button>
      </div>
      <NameFaults />
    </div>
  )
}

async function actWithNote(action: string, text: string, bot?: number): Promise<void> {
  if (await act(action, { ...(bot !== undefined && { bot }) })) showNote(text)
}

function showNote(text: string): void {
  store.notice({ kind: "note", text })
}
