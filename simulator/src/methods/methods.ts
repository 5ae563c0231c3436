import { accountProfileMethods } from "./business/account-profile.js"
import { accountStarMethods } from "./business/stars-of-accounts.js"
import { storyMethods } from "./business/stories.js"
import { miniAppMethods } from "./inline/mini-apps.js"
import { paidMediaMethods } from "./media/paid-media.js"
import { checklistMethods } from "./sending/checklists.js"
import { giftMethods } from "./gifts/gifts.js"
import { ownedGiftMethods } from "./gifts/owned-gifts.js"
import { businessMethods } from "./business/business.js"
import { enabledConnection } from "./business/connection.js"
import { commandMethods } from "./commands.js"
import { deletionMethods } from "./editing/deletions.js"
import { editMethods } from "./editing/edits.js"
import { ephemeralMethods } from "./editing/ephemeral-edits.js"
import { pinMethods } from "./editing/pins.js"
import { pollStopMethods } from "./editing/poll-stops.js"
import { reactionMethods } from "./editing/reactions.js"
import { callbackMethods } from "./inline/callbacks.js"
import { gameMethods } from "./games/games.js"
import { inlineMethods } from "./inline/inline-queries.js"
import { mediaMethods } from "./media/media-methods.js"
import { settingMethods } from "./members/chat-settings.js"
import { chatMethods } from "./members/chats.js"
import { linkMethods } from "./members/invite-links.js"
import { joinRequestMethods } from "./members/join-requests.js"
import { moderationMethods } from "./members/moderation.js"
import type { Method } from "./method.js"
import { paymentMethods } from "./payments/payments.js"
import { defaultRightsMethods } from "./profile/default-rights.js"
import { starMethods } from "./payments/stars.js"
import { postMethods } from "./posts/suggested-posts.js"
import { richMethods } from "./rich/rich-message.js"
import { draftMethods } from "./sending/drafts.js"
import { profileMethods } from "./profile/profile.js"
import { botSettingMethods } from "./profile/bot-settings.js"
import { peopleProfileMethods } from "./profile/people-profiles.js"
import { profilePhotoMethods } from "./profile/profile-photo.js"
import { managedBotMethods } from "./profile/managed-bots.js"
import { verificationMethods } from "./profile/verification.js"
import { boostMethods } from "./members/boosts.js"
import { groupStickerMethods } from "./members/group-stickers.js"
import { senderChatMethods } from "./members/sender-chats.js"
import { tagMethods } from "./members/tags.js"
import { receivingMethods } from "./receiving.js"
import { actionMethods } from "./sending/chat-action.js"
import { copyMethods } from "./sending/copies.js"
import { messageMethods } from "./sending/messages.js"
import { pollMethods } from "./sending/polls.js"
import { refusedParameters, refuseUnsupported, actsForAccount } from "./unsupported-parameters.js"
import { stickerEditMethods } from "./stickers/sticker-edits.js"
import { stickerSetMethods } from "./stickers/sticker-sets.js"
import { topicMethods } from "./topics/topics.js"
import { widgetMethods } from "./widgets/widgets.js"

const tables = [
  receivingMethods,
  messageMethods,
  mediaMethods,
  pollMethods,
  copyMethods,
  actionMethods,
  editMethods,
  ephemeralMethods,
  deletionMethods,
  pinMethods,
  pollStopMethods,
  reactionMethods,
  callbackMethods,
  inlineMethods,
  paymentMethods,
  chatMethods,
  moderationMethods,
  settingMethods,
  linkMethods,
  joinRequestMethods,
  topicMethods,
  stickerSetMethods,
  stickerEditMethods,
  gameMethods,
  commandMethods,
  profileMethods,
  defaultRightsMethods,
  starMethods,
  draftMethods,
  richMethods,
  postMethods,
  widgetMethods,
  businessMethods,
  senderChatMethods,
  groupStickerMethods,
  tagMethods,
  boostMethods,
  verificationMethods,
  managedBotMethods,
  profilePhotoMethods,
  peopleProfileMethods,
  botSettingMethods,
  accountProfileMethods,
  accountStarMethods,
  storyMethods,
  giftMethods,
  ownedGiftMethods,
  miniAppMethods,
  checklistMethods,
  paidMediaMethods,
]

/** The implementation of every simulated method, by its lower-case name. */
export const methods: ReadonlyMap<string, Method> = new Map(
  tables.flatMap((table) =>
    Object.entries(table).map(
      ([name, method]) => [name.toLowerCase(), strict(name, method)] as const,
    ),
  ),
)

/** Wraps a method so that it refuses parameters which the simulator does not support. */
function strict(name: string, method: Method): Method {
  const refused = new Set(refusedParameters(name))
  const takesConnection = actsForAccount(name)
  return (call) => {
    refuseUnsupported(call.args, refused)
    const isForAccount = takesConnection && call.args.text("business_connection_id") !== ""
    return method(isForAccount ? { ...call, business: enabledConnection(call) } : call)
  }
}
