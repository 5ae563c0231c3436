import { place, sample, type FieldSample } from "./field-sample.js"
import { png, type Parameters } from "./valid-calls.js"

type See = FieldSample["see"]

/** Sends a rich message with the object. */
const rich =
  (wrap: (object: Parameters) => Parameters, method = "sendRichMessage"): See =>
  (stage, object) =>
    stage.call(method, {
      ...{ chat_id: stage.ada.id, draft_id: 1, file: png },
      rich_message: wrap(object),
    })

const inBlocks = (...blocks: unknown[]) => ({ blocks })
const block = (type: string, base: Parameters = {}, values: Parameters = {}): FieldSample =>
  sample(
    rich((object) => inBlocks(object)),
    { type, ...base },
    values,
  )
const text = (type: string, base: Parameters = { text: "a" }, values: Parameters = {}) =>
  sample(
    rich((object) => inBlocks({ type: "paragraph", text: object })),
    { type, ...base },
    values,
  )
const linked = (type: string, field: string) => text(type, { text: "a", [field]: "b" })
const button = (name: string, value: unknown): FieldSample =>
  sample(
    rich((object) => inBlocks({ type: "buttons", buttons: [{ text: "a", ...object }] })),
    {},
    { [name]: value },
  )

const paragraph = { type: "paragraph", text: "a" }
const caption = { caption: { text: "a" } }
const photo = { type: "photo", media: "attach://file" }
const photos = { blocks: [{ type: "photo", photo }] }
const medium = (type: string) => block(type, { [type]: { type, media: "attach://file" } }, caption)
const map = { type: "map", location: place, zoom: 14, width: 5, height: 5 }

/** Sends a suggested post with the parameters. */
const post =
  (wrap: (object: Parameters) => Parameters): See =>
  async ({ telegram, ada, bot, call }, object) => {
    const bob = telegram.user({ first_name: "Bob" })
    const direct = await ada.openDirectMessages(telegram.channel({ title: "News" }, ada, bot))
    await bob.send(direct, "Hello")
    return call("sendMessage", {
      ...{ chat_id: direct.id, direct_messages_topic_id: bob.id, text: "a" },
      suggested_post_parameters: wrap(object),
    })
  }

/** A sample of each object in a rich message and in a suggested post. */
export const richSamples: Readonly<Record<string, FieldSample>> = {
  SuggestedPostParameters: sample(
    post((object) => object),
    {},
    { price: { currency: "XTR", amount: 5 }, send_date: Math.floor(Date.now() / 1000) + 900 },
  ),
  SuggestedPostPrice: sample(
    post((price) => ({ price })),
    { currency: "XTR", amount: 5 },
  ),
  InputRichMessage: sample(
    rich((object) => object),
    { html: '@ada_l <img src="tg://photo?id=x"/>', media: [{ id: "x", media: photo }] },
    { blocks: [paragraph], markdown: "a", is_rtl: true, skip_entity_detection: true },
  ),
  InputRichMessageMedia: sample(
    rich((object) => ({ html: '<img src="tg://photo?id=x"/>', media: [object] })),
    { id: "x", media: photo },
  ),
  InputMediaVoiceNote: sample(
    rich((voice_note) => inBlocks({ type: "voice_note", voice_note })),
    { type: "voice_note", media: "attach://file" },
    { duration: 7 },
  ),
  ...Object.fromEntries(
    (
      [
        ...["Bold", "Italic", "Underline", "Strikethrough", "Spoiler", "Subscript", "Superscript"],
        ...["Marked", "Code"],
      ] as const
    ).map((name) => [`RichText${name}`, text(name.toLowerCase())]),
  ),
  RichTextDateTime: text("date_time", { text: "a", unix_time: 5, date_time_format: "r" }),
  RichTextTextMention: text("text_mention", { text: "a", user: { id: 1_000_001 } }),
  RichTextCustomEmoji: text("custom_emoji", { custom_emoji_id: "5", alternative_text: "a" }),
  RichTextMathematicalExpression: text("mathematical_expression", { expression: "x" }),
  RichTextUrl: linked("url", "url"),
  RichTextEmailAddress: linked("email_address", "email_address"),
  RichTextPhoneNumber: linked("phone_number", "phone_number"),
  RichTextBankCardNumber: linked("bank_card_number", "bank_card_number"),
  RichTextMention: linked("mention", "username"),
  RichTextHashtag: linked("hashtag", "hashtag"),
  RichTextCashtag: linked("cashtag", "cashtag"),
  RichTextBotCommand: linked("bot_command", "bot_command"),
  RichTextButton: text("button", { button: { text: "a", callback_data: "b" } }),
  RichTextAnchor: text("anchor", { name: "a" }),
  RichTextAnchorLink: linked("anchor_link", "anchor_name"),
  RichTextReference: linked("reference", "name"),
  RichTextReferenceLink: linked("reference_link", "reference_name"),
  "RichMessageButton.UrlButton": button("url", "https://example.com"),
  "RichMessageButton.CallbackButton": button("callback_data", "a"),
  "RichMessageButton.WebAppButton": button("web_app", { url: "https://example.com" }),
  "RichMessageButton.LoginUrlButton": button("login_url", { url: "https://example.com" }),
  "RichMessageButton.SwitchInlineButton": button("switch_inline_query", "a"),
  "RichMessageButton.SwitchInlineCurrentChatButton": button(
    "switch_inline_query_current_chat",
    "a",
  ),
  "RichMessageButton.SwitchInlineQueryChosenChatButton": button("switch_inline_query_chosen_chat", {
    query: "a",
  }),
  "RichMessageButton.CopyTextButtonButton": button("copy_text", { text: "a" }),
  "RichMessageButton.DisabledButtonButton": button("disabled", {}),
  InputRichBlockParagraph: block("paragraph", { text: "a" }),
  InputRichBlockSectionHeading: block("heading", { text: "a", size: 2 }),
  InputRichBlockPreformatted: block("pre", { text: "a" }, { language: "c" }),
  InputRichBlockFooter: block("footer", { text: "a" }),
  InputRichBlockDivider: block("divider"),
  InputRichBlockMathematicalExpression: block("mathematical_expression", { expression: "x" }),
  InputRichBlockAnchor: block("anchor", { name: "a" }),
  InputRichBlockList: block("list", { items: [{ blocks: [paragraph] }] }),
  InputRichBlockListItem: sample(
    rich((item) => inBlocks({ type: "list", items: [{ has_checkbox: true, ...item }] })),
    { blocks: [paragraph] },
    { has_checkbox: false, is_checked: true, value: 3, type: "a" },
  ),
  InputRichBlockBlockQuotation: block("blockquote", { blocks: [paragraph] }, { credit: "a" }),
  InputRichBlockExpandableBlockQuotation: block(
    "expandable_blockquote",
    { text: "a" },
    { credit: "a" },
  ),
  InputRichBlockPullQuotation: block("pullquote", { text: "a" }, { credit: "a" }),
  InputRichBlockCollage: block("collage", photos, caption),
  InputRichBlockSlideshow: block("slideshow", photos, caption),
  RichBlockCaption: sample(
    rich((object) => inBlocks({ type: "photo", photo, caption: object })),
    { text: "a" },
    { credit: "b" },
  ),
  InputRichBlockTable: block(
    "table",
    { cells: [[{ text: "a" }]] },
    { is_bordered: true, is_striped: true, is_compact: true, caption: "a" },
  ),
  RichBlockTableCell: sample(
    rich((cell) => inBlocks({ type: "table", cells: [[cell]] })),
    {},
    {
      ...{ text: "a", is_header: true, colspan: 2, rowspan: 2 },
      ...{ align: "right", valign: "bottom" },
    },
  ),
  InputRichBlockDetails: block("details", { summary: "a", blocks: [paragraph] }, { is_open: true }),
  InputRichBlockMap: block("map", map, caption),
  Location: sample(
    rich((location) => inBlocks({ ...map, location })),
    place,
    { horizontal_accuracy: 3, live_period: 60, heading: 5, proximity_alert_radius: 7 },
  ),
  InputRichBlockAnimation: medium("animation"),
  InputRichBlockAudio: medium("audio"),
  InputRichBlockDocument: medium("document"),
  InputRichBlockPhoto: medium("photo"),
  InputRichBlockVideo: medium("video"),
  InputRichBlockVoiceNote: medium("voice_note"),
  InputRichBlockButtons: block(
    "buttons",
    { buttons: [{ text: "a", callback_data: "b" }] },
    { align: "right" },
  ),
  InputRichBlockThinking: sample(
    rich((object) => inBlocks(object), "sendRichMessageDraft"),
    { type: "thinking", text: "a" },
  ),
}
