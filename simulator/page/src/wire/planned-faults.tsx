import { IconButton } from "../icon-button.js"
import { usePage } from "../page-store.js"
import { act } from "../server.js"

/** The faults that further calls will get, each with a button that removes it. */
export function PlannedFaults() {
  const faults = usePage((state) => state.faults)
  if (faults.length === 0) return <p class="dim">No faults are planned.</p>
  return (
    <>
      <ul class="planned-faults" aria-label="Planned faults">
        {faults.map(({ id, method, words, left }) => (
          <li key={id}>
            <span>
              <strong>{method === "*" ? "any method" : method}</strong> {words}
            </span>
            <span class="chip busy">{left === 1 ? "1 call" : `${left} calls`}</span>
            <IconButton
              icon="close"
              label={`Remove the fault of ${method === "*" ? "any method" : method}`}
              onClick={() => void act("removeFault", { id })}
            />
          </li>
        ))}
      </ul>
      <button type="button" class="again" onClick={() => void act("clearFaults")}>
        Remove all
      </button>
    </>
  )
}
