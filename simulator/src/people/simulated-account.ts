import type {
  Audio,
  BusinessBotRights,
  BusinessConnection,
  ChatBoost,
  Message,
  OwnedGift,
} from "@grammyjs/types"
import type { BotNames } from "../world/managed-bots.js"
import type { Person } from "../world/person.js"
import type { PostedStory } from "../world/person-profile.js"
import type { Verification } from "../world/verifications.js"
import type { World } from "../world/world.js"
import { nameOf, type Actor } from "./actor.js"
import { boost, unboost } from "./boosts.js"
import * as business from "./business.js"
import { setBlocked } from "./membership.js"
import { contentOf } from "./message-content.js"
import * as managedBots from "./managed-bots.js"
import * as posts from "./suggested-posts.js"
import { SimulatedBot } from "./simulated-bot.js"
import type { SimulatedGroup } from "./simulated-group.js"

/** The account of a person: the profile, the connected bot, the blocked bots and the gifts. */
export class SimulatedAccount {
  readonly #actor: Actor

  /**
   * Created as a part of a user.
   *
   * @internal
   */
  constructor(person: Person, world: World) {
    this.#actor = { person, world }
  }

  /** The id of the user and of their private chats. */
  get id(): number {
    return this.#actor.person.user.id
  }

  /** The first name. */
  get firstName(): string {
    return this.#actor.person.user.first_name
  }

  /**
   * Connects a bot, created with `can_connect_to_business`, to the account of the person, or changes its rights.
   * From then on other people can write to the person, and the bot gets the messages of both. The bot is notified.
   *
   * @param rights the rights. Default: to reply, to mark messages as read and to delete its own.
   */
  async connect(bot: SimulatedBot, rights?: BusinessBotRights): Promise<BusinessConnection> {
    return business.connect(this.#actor, bot, rights)
  }

  /** Ends the connection of a bot to the account of the person. The bot is notified. */
  async disconnect(bot: SimulatedBot): Promise<void> {
    business.disconnect(this.#actor, bot)
  }

  /** Blocks a bot, which is notified and cannot write until it is unblocked. */
  block(bot: SimulatedBot): void {
    setBlocked(this.#actor, bot, true)
  }

  /** Unblocks a bot, which is notified. */
  unblock(bot: SimulatedBot): void {
    setBlocked(this.#actor, bot, false)
  }

  /** Adds a profile photo; `getUserProfilePhotos` lists the newest first. */
  setPhoto(bytes: Uint8Array): void {
    const { person, world } = this.#actor
    const file = { name: "photo.jpg", type: "image/jpeg", bytes: Buffer.from(bytes) }
    person.photos.unshift(world.files.add("profile_photos", file))
  }

  /** Adds an audio file to the profile; `getUserProfileAudios` lists the newest first. */
  addAudio(bytes: Uint8Array, facts: { title?: string; performer?: string } = {}): void {
    const { person, world } = this.#actor
    const { audio } = contentOf({ audio: bytes, ...facts }, world)
    const added: readonly Audio[] = audio === undefined ? [] : [audio]
    person.profile.audios = [...added, ...person.profile.audios]
  }

  /** Shows a channel of the person on the profile; without a channel, none. */
  setPersonalChat(channel?: SimulatedGroup): void {
    const { person, world } = this.#actor
    const where = channel && world.group(channel.id)
    if (channel !== undefined && where?.chat.type !== "channel") {
      throw new TypeError("Expected a channel")
    }
    person.profile.personalChat = channel?.id
  }

  /** Lets a bot change the emoji next to the name, as a Mini App of the bot asks for. */
  allowEmojiStatus(bot: SimulatedBot): void {
    const { profile, user } = this.#actor.person
    if (user.is_premium !== true) throw new TypeError(`${nameOf(this.#actor)} has no Premium`)
    profile.emojiStatusBots = [...new Set([...profile.emojiStatusBots, bot.id])]
  }

  /** Subscribes to Telegram Premium, or ends the subscription. */
  setPremium(isPremium = true): void {
    const { person } = this.#actor
    const { is_premium: _, ...user } = person.user
    person.user = isPremium ? { ...user, is_premium: true } : user
  }

  /**
   * Creates a bot that is managed by another bot, which was created with `can_manage_bots`, as a link
   * `t.me/newbot/…` does. The manager gets `managed_bot`.
   *
   * @param names.username without the `@`; ends in `bot`
   */
  async createBot(manager: SimulatedBot, names: BotNames): Promise<SimulatedBot> {
    return new SimulatedBot(managedBots.createBot(this.#actor, manager, names))
  }

  /** Gives a bot that the person has created a new token; its former token is refused from now on. */
  async revokeToken(bot: SimulatedBot): Promise<void> {
    managedBots.revokeToken(this.#actor, bot)
  }

  /** Makes another person the owner of a bot that the person has created. */
  async transferBot(bot: SimulatedBot, to: SimulatedAccount): Promise<void> {
    managedBots.transferBot(this.#actor, bot, to)
  }

  /** Opens the direct messages of a channel of the person, to which everybody can then `send` and `suggest`. */
  async openDirectMessages(channel: SimulatedGroup): Promise<SimulatedGroup> {
    return posts.openChannel(this.#actor, channel)
  }

  /**
   * Approves a suggested post: that of a reader for the channel, or that of the channel for its reader.
   *
   * @param sendDate the date of the publication, in Unix time. Default: the suggested date, otherwise now.
   */
  async approvePost(post: Message, sendDate?: number): Promise<void> {
    posts.approve(this.#actor, post, sendDate)
  }

  /** Declines a suggested post. */
  async declinePost(post: Message, comment = ""): Promise<void> {
    posts.decline(this.#actor, post, comment)
  }

  /** Lets the approval of the person's paid posts fail, because the person has no Stars and no TON. */
  setCannotPay(cannotPay = true): void {
    this.#actor.person.cannotPay = cannotPay
  }

  /** Boosts a supergroup or channel. The bots among its administrators get `chat_boost`. */
  async boost(group: SimulatedGroup): Promise<ChatBoost> {
    return boost(this.#actor, group)
  }

  /** Takes the boosts of a chat back. The bots among its administrators get `removed_chat_boost`. */
  async unboost(group: SimulatedGroup): Promise<void> {
    unboost(this.#actor, group)
  }

  /** The verification by the bot of an organization; `undefined` without one. */
  get verification(): Verification | undefined {
    return this.#actor.world.verifications.of(this.id)
  }

  /** The stories that have not expired, or stay on the profile, the latest first. */
  get stories(): readonly PostedStory[] {
    const { person, world } = this.#actor
    return person.profile.stories.filter(
      (story) => story.isOnProfile || story.expiresAt > world.now,
    )
  }

  /** The gifts, the latest first. */
  get gifts(): readonly OwnedGift[] {
    return this.#actor.person.profile.gifts
  }

  /** The Telegram Stars of a business account that a bot manages. */
  get stars(): number {
    return this.#actor.person.profile.stars
  }
}
