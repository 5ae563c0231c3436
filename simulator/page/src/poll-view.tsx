import type { PageMark } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { act } from "./server.js"

interface Props {
  readonly chat: string
  readonly message: Message
  readonly me: number | undefined
  readonly mark: PageMark | undefined
}

/** A poll; a press on an option votes for it, or retracts the vote. */
export function PollView({ chat, message, me, mark }: Props) {
  const { poll } = message
  if (poll === undefined) return null
  const own = mark?.votes[me ?? 0] ?? []
  const isOver = poll.is_closed || (poll.type === "quiz" && own.length > 0)
  const vote = (at: number) => {
    const others = poll.allows_multiple_answers ? own.filter((each) => each !== at) : []
    const options = own.includes(at) ? others : [...others, at].toSorted((a, b) => a - b)
    void act("vote", { as: me, chat, message_id: message.message_id, options })
  }
  return (
    <div class="card poll" role="group" aria-label="Poll">
      <strong dir="auto">{poll.question}</strong>
      <div class="poll-kind dim">{kindOf(poll)}</div>
      {poll.options.map(({ text, voter_count: count }, at) => (
        <button
          type="button"
          key={at}
          disabled={isOver}
          aria-pressed={own.includes(at)}
          onClick={() => vote(at)}
        >
          <bdi>{text}</bdi> <span>{count}</span>
          <span class="share" style={{ width: `${share(count, poll.total_voter_count)}%` }} />
        </button>
      ))}
      <div class="poll-kind dim">{votesOf(poll.total_voter_count)}</div>
    </div>
  )
}

function votesOf(count: number): string {
  if (count === 0) return "No votes yet"
  return count === 1 ? "1 vote" : `${count} votes`
}

function share(count: number, total: number): number {
  return total === 0 ? 0 : (100 * count) / total
}

function kindOf({ is_closed, is_anonymous, type }: NonNullable<Message["poll"]>): string {
  if (is_closed) return "Final results"
  const kind = type === "quiz" ? "quiz" : "poll"
  return is_anonymous ? `Anonymous ${kind}` : `Public ${kind}`
}
