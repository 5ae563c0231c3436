import type { ConversationForm } from "./conversation-form.js"

/** Returns a state diagram in the language of Mermaid. The first state is drawn as the beginning. */
export function diagramOf({ states, transitions, called }: ConversationForm): string {
  const ids = new Map([...states].map((state, index) => [state, `s${index}`]))
  const idOf = (state: string) => ids.get(state) ?? "[*]"
  const names = [...ids].map(([state, id]) => `state ${quoted(state)} as ${id}`)
  const edges = [...transitions].flatMap(([state, following]) =>
    (following.length > 0 ? following : ["[*]"]).map((next) => `${idOf(state)} --> ${idOf(next)}`),
  )
  const calls = [...called.keys()].map((name, index) => `state ${quoted(name)} as c${index}`)
  const lines = [...names, ...calls, "[*] --> s0", ...edges]
  return ["stateDiagram-v2", ...lines.map((line) => `    ${line}`), ""].join("\n")
}

/** Returns a text in quotation marks, which the language cannot escape. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', "'").replaceAll(/\s+/g, " ")}"`
}
