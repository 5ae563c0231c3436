import type { Kind } from "./talker.js"

type Framework = "grammy" | "telegraf" | "python-telegram-bot" | "sounder"
type Receiver = "alone" | "sounder" | "sounder with storage" | "with PostgreSQL"

/** A bot and its way of receiving. */
export interface Setting {
  readonly name: string
  readonly framework: Framework
  readonly receiver: Receiver
  readonly mode: "polling" | "webhook"
  /** The dialogs that the bot knows. */
  readonly kinds: readonly Kind[]
  /** The words of the messages that come after the last message of a dialog. */
  readonly after: readonly string[]
}

const frameworks: Readonly<
  Record<Framework, Pick<Setting, "kinds" | "after"> & { receivers: readonly Receiver[] }>
> = {
  sounder: {
    receivers: ["alone", "with PostgreSQL"],
    kinds: ["states", "script", "menu", "hurry", "scripted_hurry"],
    after: ["Receipt", "Reminder"],
  },
  grammy: {
    receivers: ["alone", "sounder", "sounder with storage"],
    kinds: ["script", "menu"],
    after: [],
  },
  telegraf: {
    receivers: ["alone", "sounder", "sounder with storage"],
    kinds: ["states"],
    after: [],
  },
  "python-telegram-bot": { receivers: ["alone"], kinds: ["states", "hurry"], after: ["Reminder"] },
}

/**
 * Returns the settings whose names begin with one of the texts, in the order of the table. A webhook has one port,
 * and the two processes with PostgreSQL need two, so that these only poll.
 */
export function settings(beginnings: readonly string[]): Setting[] {
  // The keys of the object are the frameworks.
  return (Object.keys(frameworks) as Framework[])
    .flatMap((framework) => {
      const { receivers, kinds, after } = frameworks[framework]
      return receivers.flatMap((receiver) =>
        (["polling", "webhook"] as const).map((mode): Setting => {
          const name = `${framework} ${receiver}, ${mode}`
          return { name, framework, receiver, mode, kinds, after }
        }),
      )
    })
    .filter(({ receiver, mode }) => receiver !== "with PostgreSQL" || mode === "polling")
    .filter(({ name }) => beginnings.some((start) => name.startsWith(start)))
}
