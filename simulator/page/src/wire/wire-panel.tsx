import { useState } from "preact/hooks"
import { usePage } from "../page-store.js"
import { CallRow } from "./call-row.js"
import { FaultButtons } from "./fault-buttons.js"
import { ReceivingView } from "./receiving-view.js"
import { UpdateRow } from "./update-row.js"

const tabs = ["Updates", "Calls", "Faults"] as const
type Tab = (typeof tabs)[number]
const shownRows = 200

/** The panel with the updates, calls and faults of a bot. */
export function WirePanel() {
  const bots = usePage((state) => state.bots)
  const chat = usePage((state) => state.chats.get(state.openChat ?? ""))
  const [chosen, choose] = useState<number>()
  const [tab, setTab] = useState<Tab>("Updates")
  const bot = bots.get(chosen ?? chat?.bots[0] ?? 0) ?? [...bots.values()][0]
  if (bot === undefined) {
    return (
      <section class="wire" aria-label="The wire">
        <p class="hint">There are no bots yet.</p>
      </section>
    )
  }
  return (
    <section class="wire" aria-label="The wire">
      <header class="bar">
        <h2>The wire</h2>
        <label class="who">
          <span class="hidden">Bot</span>
          <select
            value={bot.id}
            onChange={({ currentTarget }) => choose(Number(currentTarget.value))}
          >
            {[...bots.values()].map(({ id, username }) => (
              <option key={id} value={id}>
                @{username}
              </option>
            ))}
          </select>
        </label>
      </header>
      <ReceivingView bot={bot.id} />
      <Tabs tab={tab} onTab={setTab} />
      <div class="wire-list" role="tabpanel" id="wire-tab" aria-label={tab} tabIndex={0}>
        {tab === "Updates" ? <Updates bot={bot.id} /> : null}
        {tab === "Calls" ? <Calls bot={bot.id} /> : null}
        {tab === "Faults" ? <FaultButtons bot={bot.id} /> : null}
      </div>
    </section>
  )
}

function Tabs({ tab, onTab }: { readonly tab: Tab; readonly onTab: (tab: Tab) => void }) {
  const moved = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] ?? tab
    onTab(next)
    document.querySelector<HTMLElement>(`#tab-${next}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label="The wire" onKeyDown={moved}>
      {tabs.map((each) => (
        <button
          type="button"
          role="tab"
          key={each}
          id={`tab-${each}`}
          aria-controls="wire-tab"
          aria-selected={each === tab}
          tabIndex={each === tab ? 0 : -1}
          onClick={() => onTab(each)}
        >
          {each}
        </button>
      ))}
    </div>
  )
}

function Updates({ bot }: { readonly bot: number }) {
  const updates = usePage((state) => state.updates)
  const own = updates.filter((update) => update.bot === bot).slice(-shownRows)
  if (own.length === 0) return <p class="hint">No updates yet. Write to the bot.</p>
  return (
    <ol class="rows" aria-label="Updates, the newest first">
      {own.toReversed().map((update) => (
        <UpdateRow key={update.id} update={update} />
      ))}
    </ol>
  )
}

function Calls({ bot }: { readonly bot: number }) {
  const calls = usePage((state) => state.calls)
  const [showsPolls, showPolls] = useState(false)
  const own = calls.filter((call) => call.bot === bot)
  const shown = own.filter(({ method }) => showsPolls || method !== "getUpdates").slice(-shownRows)
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={showsPolls}
          onChange={({ currentTarget }) => showPolls(currentTarget.checked)}
        />
        Show getUpdates
      </label>
      {shown.length === 0 ? <p class="hint">No calls yet.</p> : null}
      <ol class="rows" aria-label="Calls, the newest first">
        {shown.toReversed().map((call) => (
          <CallRow key={call.id} call={call} />
        ))}
      </ol>
    </>
  )
}
