import type { Message } from "../../../src/telegram/types.js"
import { Avatar } from "./avatar.js"
import { Icon } from "./icon.js"
import { messageKind } from "./message-kind.js"
import { fullName } from "./names.js"
import { JsonView } from "./wire/json-view.js"

/** A content without a file: a contact, a location, a game, a dice, or a kind without a view of its own. */
export function ContentCard({ message }: { readonly message: Message }) {
  const { contact, dice, game } = message
  const location = message.venue?.location ?? message.location
  if (contact !== undefined) return <ContactCard contact={contact} />
  if (location !== undefined) return <PlaceCard message={message} location={location} />
  if (game !== undefined) {
    const lines = [game.description, ...(game.text ?? "").split("\n")]
    return <Lines title={game.title} rest={lines} />
  }
  if (dice !== undefined) return <Dice {...dice} />
  return <UnknownCard message={message} />
}

function ContactCard({ contact }: { readonly contact: NonNullable<Message["contact"]> }) {
  const name = fullName(contact)
  return (
    <div class="media-card" dir="auto">
      <Avatar id={contact.user_id ?? 0} name={name} />
      <span>
        <bdi class="file-name">{name}</bdi>
        <span class="dim">{contact.phone_number}</span>
      </span>
    </div>
  )
}

type Location = NonNullable<Message["location"]>

function PlaceCard({ message, location }: { message: Message; location: Location }) {
  const { latitude, longitude, live_period } = location
  const { venue } = message
  const title = venue?.title ?? (live_period === undefined ? "Location" : "Live location")
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=15/${latitude}/${longitude}`
  return (
    <a class="media-card" href={map} target="_blank" rel="noopener noreferrer">
      <span class="file-icon">
        <Icon name="place" />
      </span>
      <span>
        <bdi class="file-name">{title}</bdi>
        {venue ? <bdi class="card-line">{venue.address}</bdi> : null}
        <span class="dim">
          {degrees(latitude, "NS")}, {degrees(longitude, "EW")}
        </span>
      </span>
    </a>
  )
}

function degrees(value: number, [positive, negative]: string): string {
  return `${Math.abs(value)}° ${value < 0 ? negative : positive}`
}

const faces = ["⚀", "⚁", "⚂", "⚃", "⚄", "⚅"]
const reels = ["BAR", "🍇", "🍋", "7️⃣"]

function Dice({ emoji, value }: { readonly emoji: string; readonly value: number }) {
  return (
    <div class="dice" role="img" aria-label={`${emoji} ${value}`}>
      {emoji === "🎰" ? (
        <span class="reels">
          {[0, 2, 4].map((shift) => (
            <span key={shift}>{reels[((value - 1) >> shift) & 3]}</span>
          ))}
        </span>
      ) : (
        <span class="dice-face">{emoji === "🎲" ? (faces[value - 1] ?? emoji) : emoji}</span>
      )}
      <span class="dim">{value}</span>
    </div>
  )
}

function UnknownCard({ message }: { readonly message: Message }) {
  const kind = messageKind(message)
  // The type of this field is unknown.
  const content = (message as unknown as Record<string, unknown>)[kind] ?? message
  return (
    <details class="card unknown">
      <summary>
        <strong>{kind}</strong> <span class="dim">shown as JSON</span>
      </summary>
      <JsonView json={JSON.stringify(content)} label={`The field ${kind}`} />
    </details>
  )
}

function Lines({ title, rest }: { title: string; rest: readonly string[] }) {
  return (
    <div class="card" dir="auto">
      <strong>{title}</strong>
      {rest.map((line, index) => (
        <div key={index}>{line}</div>
      ))}
    </div>
  )
}
