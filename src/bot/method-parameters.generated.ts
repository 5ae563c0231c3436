// Written by scripts/generate-methods.mjs from @grammyjs/types and newer.ts. Do not edit.

/** The methods that have a parameter, by the name of the parameter. */
export const methodsByParameter = {
  entities:
    "sendMessage sendMessageDraft editMessageText editEphemeralMessageText",
  caption_entities:
    "copyMessage sendPhoto sendLivePhoto sendAudio sendDocument sendVideo sendAnimation sendVoice sendPaidMedia editMessageCaption editEphemeralMessageCaption postStory editStory sendWidget sendSharedWidget",
  description_entities:
    "sendPoll",
  explanation_entities:
    "sendPoll",
  question_entities:
    "sendPoll",
  text_entities:
    "sendGift giftPremiumSubscription",
  parse_mode:
    "sendMessage copyMessage sendPhoto sendLivePhoto sendAudio sendDocument sendVideo sendAnimation sendVoice sendPaidMedia sendMessageDraft editMessageText editMessageCaption editEphemeralMessageText editEphemeralMessageCaption postStory editStory sendWidget sendSharedWidget",
  description_parse_mode:
    "sendPoll",
  explanation_parse_mode:
    "sendPoll",
  question_parse_mode:
    "sendPoll",
  text_parse_mode:
    "sendGift giftPremiumSubscription",
  allow_paid_broadcast:
    "sendMessage sendRichMessage copyMessage sendPhoto sendLivePhoto sendAudio sendDocument sendVideo sendAnimation sendVoice sendVideoNote sendPaidMedia sendMediaGroup sendLocation sendVenue sendContact sendPoll sendDice sendSticker sendInvoice sendGame sendWidget sendSharedWidget",
  disable_notification:
    "sendMessage sendRichMessage forwardMessage forwardMessages copyMessage copyMessages sendPhoto sendLivePhoto sendAudio sendDocument sendVideo sendAnimation sendVoice sendVideoNote sendPaidMedia sendMediaGroup sendLocation sendVenue sendContact sendPoll sendChecklist sendDice pinChatMessage sendSticker sendInvoice sendGame sendWidget sendSharedWidget",
  link_preview_options:
    "sendMessage editMessageText editEphemeralMessageText",
  protect_content:
    "sendMessage sendRichMessage forwardMessage forwardMessages copyMessage copyMessages sendPhoto sendLivePhoto sendAudio sendDocument sendVideo sendAnimation sendVoice sendVideoNote sendPaidMedia sendMediaGroup sendLocation sendVenue sendContact sendPoll sendChecklist sendDice postStory repostStory sendSticker sendInvoice sendGame sendWidget sendSharedWidget",
  reply_parameters:
    "sendMessage sendRichMessage copyMessage sendPhoto sendLivePhoto sendAudio sendDocument sendVideo sendAnimation sendVoice sendVideoNote sendPaidMedia sendMediaGroup sendLocation sendVenue sendContact sendPoll sendChecklist sendDice sendSticker sendInvoice sendGame sendWidget sendSharedWidget",
  show_caption_above_media:
    "copyMessage sendPhoto sendLivePhoto sendVideo sendAnimation sendPaidMedia editMessageCaption editEphemeralMessageCaption sendWidget sendSharedWidget",
} as const
