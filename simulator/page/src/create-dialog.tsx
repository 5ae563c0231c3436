import { useState } from "preact/hooks"
import { BotDetails } from "./bot-details.js"
import { FormDialog } from "./form-dialog.js"
import { Modal } from "./modal.js"
import { store, usePage } from "./page-store.js"
import { act } from "./server.js"

/** The kinds of thing that the page can create. */
export type Creatable = "bot" | "person" | "group"

interface Props {
  readonly what: Creatable
  readonly onClose: () => void
}

const titles = { bot: "New bot", person: "New person", group: "New group" } as const

/** A dialog that creates a bot, a person or a group. */
export function CreateDialog({ what, onClose }: Props) {
  const [made, setMade] = useState<number>()
  const bot = usePage((state) => state.bots.get(made ?? 0))
  // The token of a new bot is shown before the dialog closes.
  const create = async (data: FormData) => {
    const id = await makers[what](data)
    if (what === "bot") setMade(id)
    return what !== "bot" && id !== undefined
  }
  if (bot !== undefined) {
    return (
      <Modal title="The bot is ready" onClose={onClose}>
        <BotDetails bot={bot} onClose={onClose} />
      </Modal>
    )
  }
  return (
    <FormDialog title={titles[what]} action="Create" onSubmit={create} onClose={onClose}>
      {fields[what]()}
    </FormDialog>
  )
}

const fields = { bot: BotFields, person: PersonFields, group: GroupFields } as const

function BotFields() {
  return (
    <>
      <Field label="Name" name="first_name" required />
      <Field label="Username (ends in “bot”; generated if empty)" name="username" />
      <Field label="Token (generated if empty)" name="token" />
      <Field label="Games (short names, separated by spaces)" name="games" />
      <label class="check">
        <input type="checkbox" name="inline" />
        <span>Inline mode: people can type @bot and a query in any chat</span>
      </label>
      <label class="check">
        <input type="checkbox" name="manages" />
        <span>Manages bots that people create with its keys</span>
      </label>
    </>
  )
}

function PersonFields() {
  return (
    <>
      <Field label="First name" name="first_name" required />
      <Field label="Last name" name="last_name" />
      <Field label="Username" name="username" />
      <label class="check">
        <input type="checkbox" name="premium" />
        <span>Telegram Premium</span>
      </label>
    </>
  )
}

function GroupFields() {
  const people = usePage((state) => state.people)
  const bots = usePage((state) => state.bots)
  const everybody = [
    ...[...people.values()].map(({ user }) => ({ id: user.id, name: user.first_name })),
    ...[...bots.values()].map(({ id, username }) => ({ id, name: `@${username}` })),
  ]
  return (
    <>
      <Field label="Title" name="title" required />
      <label class="field">
        <span>Kind</span>
        <select name="kind">
          <option value="group">Group</option>
          <option value="supergroup">Supergroup</option>
          <option value="forum">Supergroup with topics</option>
          <option value="channel">Channel</option>
        </select>
      </label>
      <fieldset>
        <legend>Members</legend>
        {everybody.map(({ id, name }) => (
          <label class="check" key={id}>
            <input
              type="checkbox"
              name="member"
              value={id}
              defaultChecked={id === store.state.me}
            />
            <bdi>{name}</bdi>
          </label>
        ))}
      </fieldset>
    </>
  )
}

function Field({
  label,
  name,
  required = false,
}: {
  label: string
  name: string
  required?: boolean
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <input name={name} required={required} autocomplete="off" maxLength={128} />
    </label>
  )
}

const makers: Readonly<Record<Creatable, (data: FormData) => Promise<number | undefined>>> = {
  bot: async (data) => (await act<{ id: number }>("createBot", Object.fromEntries(data)))?.id,
  async person(data) {
    const made = await act<{ id: number }>("createUser", Object.fromEntries(data))
    if (made !== undefined) store.become(made.id)
    return made?.id
  },
  async group(data) {
    const members = data.getAll("member").map(Number)
    const made = await act<{ key: string }>("createGroup", {
      title: data.get("title"),
      kind: data.get("kind"),
      members,
    })
    if (made !== undefined) store.open(made.key)
    return made && Number(made.key)
  },
}
