import type { ChatAdministratorRights } from "@grammyjs/types"
import type { GameTraits } from "./game-book.js"
import type { Management } from "./management.js"

/** A command in a bot's menu. */
export interface Command {
  readonly command: string
  readonly description: string
  /** Whether the command is an ephemeral message, which only its sender and the bot see. */
  readonly is_ephemeral?: true
}

/** The texts and settings of a bot, from @BotFather and its own calls. */
export class BotProfile {
  /** The games that `sendGame` accepts. */
  games: readonly GameTraits[] = []
  /** Whether the bot gets `chosen_inline_result`. */
  inlineFeedback = false
  /** The bot gets one of so many chosen results. */
  feedbackDenominator = 1
  /** Whether presses of its buttons come with the id of an inline message. */
  hasInlinePresses = false
  /** Its menus of commands, by language and scope. */
  readonly commands = new Map<string, readonly Command[]>()
  /** Its name and descriptions, by field and language as in `description en`. */
  readonly texts = new Map<string, string>()
  /** The menu buttons by the id of a private chat; the default button has the id `undefined`. */
  readonly menuButtons = new Map<number | undefined, object>()
  /** The `file_id` of its photo. */
  photo: string | undefined
  /** Whether it belongs to an organization that verifies people and chats. */
  canVerify = false
  /** Its relation to the bot that manages it; `undefined` without one. */
  management: Management | undefined
  /** The times at which its manager has replaced its token within the last minute. */
  replacedAt: readonly number[] = []
  /** The rights that the bot requests when it is made an administrator, by the kind of chat. */
  readonly defaultRights = new Map<"supergroup" | "channel", ChatAdministratorRights>()
}

/** A {@link BotProfile} in a file. */
export interface SavedProfile {
  readonly games: readonly GameTraits[]
  readonly inlineFeedback: boolean
  readonly commands: readonly (readonly [string, readonly Command[]])[]
  readonly texts: readonly (readonly [string, string])[]
  /** `null` stands for the default button. */
  readonly menuButtons: readonly (readonly [number | null, object])[]
  /** Absent in files of former versions. */
  readonly photo?: string
  readonly canVerify?: boolean
  readonly management?: Management
  readonly feedbackDenominator?: number
  readonly hasInlinePresses?: boolean
  readonly defaultRights: readonly (readonly ["supergroup" | "channel", ChatAdministratorRights])[]
}

/** The profiles of a world's bots, by the id of the bot. */
export class BotProfiles {
  readonly #profiles = new Map<number, BotProfile>()

  /** Returns the profile of a bot, an empty one for a new bot. */
  of(botId: number): BotProfile {
    const existing = this.#profiles.get(botId)
    if (existing !== undefined) return existing
    const fresh = new BotProfile()
    this.#profiles.set(botId, fresh)
    return fresh
  }

  /** Returns a profile as JSON data. */
  save(botId: number): SavedProfile {
    const profile = this.of(botId)
    const { games, inlineFeedback, commands, texts, menuButtons, defaultRights } = profile
    const { photo, canVerify, feedbackDenominator, hasInlinePresses, management } = profile
    return {
      ...(photo !== undefined && { photo }),
      ...(management !== undefined && { management }),
      canVerify,
      feedbackDenominator,
      hasInlinePresses,
      games,
      inlineFeedback,
      commands: [...commands],
      texts: [...texts],
      menuButtons: [...menuButtons].map(([chat, button]) => [chat ?? null, button]),
      defaultRights: [...defaultRights],
    }
  }

  /** Restores a saved profile. */
  restore(botId: number, saved: SavedProfile): void {
    const profile = this.of(botId)
    profile.games = saved.games
    profile.inlineFeedback = saved.inlineFeedback
    profile.photo = saved.photo
    profile.canVerify = saved.canVerify ?? false
    profile.management = saved.management
    profile.feedbackDenominator = saved.feedbackDenominator ?? 1
    profile.hasInlinePresses = saved.hasInlinePresses ?? false
    for (const [scope, commands] of saved.commands) profile.commands.set(scope, commands)
    for (const [name, text] of saved.texts) profile.texts.set(name, text)
    for (const [kind, rights] of saved.defaultRights) profile.defaultRights.set(kind, rights)
    for (const [chat, button] of saved.menuButtons) {
      profile.menuButtons.set(chat ?? undefined, button)
    }
  }
}
