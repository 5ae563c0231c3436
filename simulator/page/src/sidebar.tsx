import { useState } from "preact/hooks"
import { ChatList } from "./chat-list.js"
import { CreateDialog, type Creatable } from "./create-dialog.js"
import { Icon } from "./icon.js"
import { IconButton } from "./icon-button.js"
import { fullName } from "./names.js"
import { store, usePage } from "./page-store.js"
import { currentTheme, nextTheme, setTheme } from "./theme.js"

const creatable: readonly (readonly [Creatable, string])[] = [
  ["bot", "Bot"],
  ["person", "Person"],
  ["group", "Group"],
]

/** The acting person, their chats, and buttons that create bots, people and groups. */
export function Sidebar() {
  const [creating, setCreating] = useState<Creatable>()
  return (
    <section class="sidebar" aria-label="People and chats">
      <header class="bar">
        <PersonSelect />
        <ThemeButton />
      </header>
      <ChatList />
      <footer class="create-bar">
        {creatable.map(([what, name]) => (
          <button type="button" key={what} onClick={() => setCreating(what)}>
            <Icon name="plus" />
            <span class="hidden">New </span>
            {name}
          </button>
        ))}
      </footer>
      {creating ? <CreateDialog what={creating} onClose={() => setCreating(undefined)} /> : null}
    </section>
  )
}

function PersonSelect() {
  const people = usePage((state) => state.people)
  const me = usePage((state) => state.me)
  return (
    <label class="who">
      <span>You are</span>
      <select
        value={me}
        onChange={({ currentTarget }) => store.become(Number(currentTarget.value))}
      >
        {[...people.values()].map(({ user }) => (
          <option key={user.id} value={user.id}>
            {fullName(user)}
          </option>
        ))}
      </select>
    </label>
  )
}

function ThemeButton() {
  const [theme, change] = useState(currentTheme)
  const next = () => {
    const chosen = nextTheme(theme)
    setTheme(chosen)
    change(chosen)
  }
  return <IconButton icon="theme" label={`Theme: ${theme}`} onClick={next} />
}
