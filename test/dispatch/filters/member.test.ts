import { Simulator } from "@sounder/simulator"
import { describe, expect, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { Dispatcher, type Filter, filters } from "../../../src/dispatch/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { Updater } from "../../../src/updater.js"
import { ada, adasChat, channel, group, updateWith } from "../../support/updates.js"
import { untilTrue } from "../../support/waiting.js"

interface State {
  readonly fields: object
  readonly isMember: boolean
  readonly rank: number
  readonly isRestricted: boolean
  readonly isBanned: boolean
}

const nothing = { isMember: false, rank: 0, isRestricted: false, isBanned: false }

/** The statuses of a member, and their meaning. */
const states: Readonly<Record<string, State>> = {
  owner: { ...nothing, fields: { status: "creator" }, isMember: true, rank: 2 },
  administrator: { ...nothing, fields: { status: "administrator" }, isMember: true, rank: 1 },
  member: { ...nothing, fields: { status: "member" }, isMember: true },
  "restricted member": {
    ...nothing,
    fields: { status: "restricted", is_member: true },
    isMember: true,
    isRestricted: true,
  },
  "restricted, no member": {
    ...nothing,
    fields: { status: "restricted", is_member: false },
    isRestricted: true,
  },
  left: { ...nothing, fields: { status: "left" } },
  banned: { ...nothing, fields: { status: "kicked" }, isBanned: true },
}

const pairs = Object.entries(states).flatMap(([oldName, old]) =>
  Object.entries(states).map(([nowName, now]) => [oldName, nowName, old, now] as const),
)

/** The names of the filters that a change passes, by its meaning. */
function expectedOf(old: State, now: State): string[] {
  const flags: Record<string, boolean> = {
    banned: Number(now.isBanned) > Number(old.isBanned),
    demoted: now.rank < old.rank,
    joined: Number(now.isMember) > Number(old.isMember),
    left: Number(now.isMember) < Number(old.isMember),
    promoted: now.rank > old.rank,
    restricted: Number(now.isRestricted) > Number(old.isRestricted),
    unbanned: Number(now.isBanned) < Number(old.isBanned),
    unrestricted: Number(now.isRestricted) < Number(old.isRestricted),
  }
  return Object.keys(flags).filter((name) => flags[name])
}

function changeOf(
  type: "chat_member" | "my_chat_member",
  [old, now]: readonly [object, object],
  chat: object = group,
) {
  const member = (fields: object) => ({ user: ada, ...fields })
  const change = { old_chat_member: member(old), new_chat_member: member(now) }
  return updateWith({ [type]: { chat, from: ada, date: 1, ...change } })
}

const ofMembers = {
  joined: filters.joined,
  left: filters.left,
  promoted: filters.promoted,
  demoted: filters.demoted,
  restricted: filters.restricted,
  unrestricted: filters.unrestricted,
  banned: filters.banned,
  unbanned: filters.unbanned,
}
const ofBot = {
  botAdded: filters.botAdded,
  botRemoved: filters.botRemoved,
  botPromoted: filters.botPromoted,
  botDemoted: filters.botDemoted,
  botRestricted: filters.botRestricted,
  botUnrestricted: filters.botUnrestricted,
  botBlocked: filters.botBlocked,
  botUnblocked: filters.botUnblocked,
}
/** The filter of the bot that has the meaning of a filter of other members, in a group or channel. */
const botNames: Readonly<Record<string, string>> = {
  joined: "botAdded",
  left: "botRemoved",
  promoted: "botPromoted",
  demoted: "botDemoted",
  restricted: "botRestricted",
  unrestricted: "botUnrestricted",
}

function accepting(
  candidates: Readonly<Record<string, Filter>>,
  update: ReturnType<typeof updateWith>,
) {
  return Object.keys(candidates)
    .filter((name) => candidates[name]?.(update))
    .toSorted()
}

test.each(pairs)("%s -> %s passes the filters of its meaning", (_, __, old, now) => {
  const fields = [old.fields, now.fields] as const
  const expected = expectedOf(old, now)
  expect(accepting({ ...ofMembers, ...ofBot }, changeOf("chat_member", fields))).toEqual(expected)
  const inGroup = expected.flatMap((name) => botNames[name] ?? []).toSorted()
  for (const chat of [group, channel]) {
    const own = changeOf("my_chat_member", fields, chat)
    expect(accepting({ ...ofMembers, ...ofBot }, own)).toEqual(inGroup)
  }
  const inPrivate = [
    ...(expected.includes("banned") ? ["botBlocked"] : []),
    ...(expected.includes("unbanned") ? ["botUnblocked"] : []),
  ]
  const own = changeOf("my_chat_member", fields, adasChat)
  expect(accepting({ ...ofMembers, ...ofBot }, own)).toEqual(inPrivate)
})

describe("a filter of members", () => {
  test.each<[string, object]>([
    ["without members", {}],
    ["with members that are null", { old_chat_member: null, new_chat_member: null }],
    [
      "with a status of the future",
      { old_chat_member: { status: "x" }, new_chat_member: { status: "y" } },
    ],
    ["without a chat", { chat: undefined, new_chat_member: { status: "left" } }],
  ])("rejects an update %s, and does not throw", (_, fields) => {
    for (const type of ["chat_member", "my_chat_member"]) {
      const update = updateWith({ [type]: { chat: group, from: ada, date: 1, ...fields } })
      expect(accepting({ ...ofMembers, ...ofBot }, update)).toEqual([])
    }
  })

  test("makes Telegram send its type, also `chat_member`, which needs a request", () => {
    const dispatcher = new Dispatcher({ bot: new Bot("1:a") })
    dispatcher.on(filters.joined, () => {})
    dispatcher.on(filters.botBlocked, () => {})
    expect(dispatcher.allowedUpdates).toEqual(["my_chat_member", "chat_member"])
  })

  test("narrows the context", () => {
    const dispatcher = new Dispatcher({ bot: new Bot("1:a") })
    dispatcher.on(filters.joined, (ctx) => ctx.chatMember.new_chat_member.user.id)
    dispatcher.on(filters.botAdded, (ctx) => ctx.myChatMember.chat.id)
  })
})

test("the filters tell what the people of a group do", async () => {
  await using telegram = await Simulator.start()
  const own = telegram.bot({ username: "watch_bot" })
  const [owner, guest] = [
    telegram.user({ first_name: "Olga" }),
    telegram.user({ first_name: "Guy" }),
  ]
  const bot = new Bot(own.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot, queue: new MemoryQueue() })
  const seen: string[] = []
  for (const [name, filter] of Object.entries<Filter>({ ...ofMembers, ...ofBot })) {
    updater.dispatcher.on(filter, async (_, next) => {
      seen.push(name)
      await next()
    })
  }
  await updater.startPolling()
  const club = telegram.supergroup({ title: "Club" }, owner)
  const steps: [string[], () => Promise<void> | void][] = [
    [["botAdded"], () => owner.add(club, own)],
    [["botPromoted"], () => owner.promote(club, own)],
    [["joined"], () => guest.join(club)],
    [["left"], () => guest.leave(club)],
    [["joined"], () => guest.join(club)],
    [["restricted"], () => owner.restrict(club, guest, { can_send_messages: false })],
    [["promoted", "unrestricted"], () => owner.promote(club, guest)],
    [["demoted"], () => owner.demote(club, guest)],
    [["left", "banned"], () => owner.ban(club, guest)],
    [["unbanned"], () => owner.unban(club, guest)],
    [["botDemoted"], () => owner.demote(club, own)],
    [["botRemoved"], () => owner.remove(club, own)],
    [["botBlocked"], () => guest.block(own)],
    [["botUnblocked"], () => guest.unblock(own)],
  ]
  await guest.send(own, "/start")
  for (const [expected, act] of steps) {
    seen.length = 0
    await act()
    await untilTrue(() => seen.length >= expected.length)
    expect(seen.toSorted()).toEqual(expected.toSorted())
  }
})
