import type { ComponentChildren } from "preact"
import type { KeyRequest, ReplyKey } from "../../src/page/protocol.js"
import { ChatChooser } from "./chat-chooser.js"
import { FormDialog } from "./form-dialog.js"
import { openApp } from "./open-app.js"
import { store, usePage } from "./page-store.js"
import { PollFields } from "./poll-dialog.js"
import { act } from "./server.js"

interface Props {
  readonly chat: string
  /** The key, which requests a content. */
  readonly shownKey: ReplyKey
  readonly onClose: () => void
}

/** A dialog for the content that a key requests; it presses the key with the content. */
export function KeyDialog({ chat, shownKey: { text, asks }, onClose }: Props) {
  const place = { as: store.state.me, chat, key: text }
  const tap = async (chosen: object) => (await act("tap", { ...place, ...chosen })) !== undefined
  if (asks === undefined) return null
  if (asks.kind === "chat") {
    const share = async (shared: string) => {
      if (await tap({ shared })) onClose()
    }
    return (
      <ChatChooser
        title={text}
        isOffered={(each) =>
          each.chat.type !== "private" &&
          (each.chat.type === "channel") === asks.isChannel &&
          each.people.includes(store.state.me ?? 0)
        }
        onChoose={(key) => void share(key)}
        onClose={onClose}
      />
    )
  }
  const submit = (data: FormData) => {
    if (asks.kind === "users") return tap({ users: data.getAll("user").map(Number) })
    return tap(Object.fromEntries([...data].filter(([, value]) => value !== "")))
  }
  return (
    <FormDialog title={text} action="Send" onSubmit={submit} onClose={onClose}>
      {fieldsOf(asks, place)}
    </FormDialog>
  )
}

function fieldsOf(asks: KeyRequest, place: object): ComponentChildren {
  if (asks.kind === "users") return <UserFields asks={asks} />
  if (asks.kind === "poll") return <PollFields isQuiz={asks.isQuiz} />
  if (asks.kind === "bot") {
    return (
      <>
        <Field label="Name" name="first_name" value={asks.firstName} />
        <Field label="Username (ends in “bot”)" name="username" value={asks.username} />
      </>
    )
  }
  return (
    <>
      <button type="button" onClick={() => void openApp(place)}>
        Open the Web App in a new tab
      </button>
      <Field label="Data that the Web App sends to the bot" name="data" />
    </>
  )
}

function UserFields({ asks }: { asks: Extract<KeyRequest, { kind: "users" }> }) {
  const people = usePage((state) => state.people)
  const bots = usePage((state) => state.bots)
  const all = [
    ...(asks.isBot === true
      ? []
      : [...people.values()].map(({ user }) => ({ id: user.id, name: user.first_name }))),
    ...(asks.isBot === false
      ? []
      : [...bots.values()].map(({ id, username }) => ({ id, name: `@${username}` }))),
  ]
  return (
    <fieldset>
      <legend>{asks.max === 1 ? "One user" : `Up to ${asks.max} users`}</legend>
      {all.map(({ id, name }) => (
        <label class="check" key={id}>
          <input type={asks.max === 1 ? "radio" : "checkbox"} name="user" value={id} />
          <bdi>{name}</bdi>
        </label>
      ))}
    </fieldset>
  )
}

function Field({ label, name, value = "" }: { label: string; name: string; value?: string }) {
  return (
    <label class="field">
      <span>{label}</span>
      <input name={name} required autocomplete="off" maxLength={4096} defaultValue={value} />
    </label>
  )
}
