import type { Message } from "@grammyjs/types"
import type { Payment } from "../../src/people/payments.js"
import { above, caption, place, sample, venue, venueIds, type FieldSample } from "./field-sample.js"
import { png, type MethodStage, type Parameters } from "./valid-calls.js"

type See = FieldSample["see"]

/** Answers an inline query with a result, and sends the result. Only the message counts. */
const chosen =
  (wrap: (object: Parameters, fileId: string) => Parameters): See =>
  async (stage, object) => {
    const { ada, bot } = stage
    const { photo = [] } = (await stage.call("sendPhoto", {
      chat_id: ada.id,
      photo: png,
    })) as Message
    const { document } = (await stage.call("sendDocument", {
      ...{ chat_id: ada.id, document: png },
    })) as Message
    const { id: inline_query_id, answered } = await ada.type("@stage_bot tea")
    const fileId = (object["type"] === "photo" ? photo[0] : document)?.file_id ?? ""
    await stage.call("answerInlineQuery", {
      inline_query_id,
      results: [{ id: "1", ...wrap(object, fileId) }],
    })
    const message = await ada.choose(await answered, 0, bot)
    if (message.invoice === undefined) return message
    return { message, paid: await paid(stage, message) }
  }

const result = (base: Parameters, values: Parameters = {}): FieldSample =>
  sample(
    chosen((object) => object),
    base,
    { ...keyboard, ...values },
  )
const cachedResult = (
  type: string,
  name: string,
  values: Parameters = {},
  required: Parameters = {},
): FieldSample =>
  sample(
    chosen((object, fileId) => ({ ...object, [name]: fileId })),
    { type, id: "1", [name]: "", ...required },
    { ...keyboard, ...values },
  )
const content = (base: Parameters, values: Parameters = {}): FieldSample =>
  sample(
    chosen((object) => ({ type: "article", title: "A", input_message_content: object })),
    base,
    values,
  )
const keyboard = {
  reply_markup: { inline_keyboard: [[{ text: "A", callback_data: "a" }]] },
  input_message_content: { message_text: "Hello" },
}

/** Pays an invoice. Resolves with the queries that the bot got, and the outcome. */
async function paid(stage: MethodStage, invoice: Message | string): Promise<unknown> {
  const payment: Promise<Payment | string> = stage.ada
    .pay(invoice, { tip: 1 })
    .catch(() => stage.ada.pay(invoice))
    .catch((error: Error) => error.message)
  const updates = (await stage.call("getUpdates", { offset: -1 })) as readonly {
    update_id: number
    shipping_query?: { id: string }
    pre_checkout_query?: { id: string }
  }[]
  const [update] = updates
  if (update?.pre_checkout_query !== undefined) {
    const { id } = update.pre_checkout_query
    await stage.call("answerPreCheckoutQuery", { pre_checkout_query_id: id, ok: true })
    return [update, await payment]
  }
  return update ?? payment
}

const invoice = {
  title: "Tea",
  description: "Hot",
  payload: "tea",
  provider_token: "1:TEST:a",
  currency: "EUR",
  prices: [{ label: "Tea", amount: 500 }],
}

/** A sample of each result of an inline query, and of each content of a result. */
export const resultSamples: Readonly<Record<string, FieldSample>> = {
  InlineQueryResultCachedAudio: cachedResult("audio", "audio_file_id", caption),
  InlineQueryResultCachedDocument: cachedResult("document", "document_file_id", caption, {
    title: "A",
  }),
  InlineQueryResultCachedGif: cachedResult("gif", "gif_file_id", { ...caption, ...above }),
  InlineQueryResultCachedMpeg4Gif: cachedResult("mpeg4_gif", "mpeg4_file_id", {
    ...caption,
    ...above,
  }),
  InlineQueryResultCachedPhoto: cachedResult("photo", "photo_file_id", { ...caption, ...above }),
  InlineQueryResultCachedSticker: cachedResult("sticker", "sticker_file_id"),
  InlineQueryResultCachedVideo: cachedResult(
    "video",
    "video_file_id",
    { ...caption, ...above },
    { title: "A" },
  ),
  InlineQueryResultCachedVoice: cachedResult("voice", "voice_file_id", caption, { title: "A" }),
  InputTextMessageContent: content(
    { message_text: "*Hello*" },
    {
      parse_mode: "MarkdownV2",
      entities: [{ type: "bold", offset: 0, length: 2 }],
      link_preview_options: { is_disabled: true },
    },
  ),
  InputRichMessageContent: content({}, { rich_message: { html: "a" } }),
  InputLocationMessageContent: content(place, {
    ...{ horizontal_accuracy: 3, live_period: 60, heading: 4, proximity_alert_radius: 5 },
  }),
  InputVenueMessageContent: content(venue, venueIds),
  InputContactMessageContent: content(
    { phone_number: "+1", first_name: "A" },
    { last_name: "B", vcard: "C" },
  ),
  InputInvoiceMessageContent: content(invoice, {
    ...{ max_tip_amount: 2, suggested_tip_amounts: [9], need_name: true, need_phone_number: true },
    ...{ need_email: true, need_shipping_address: true, is_flexible: true },
  }),
  InlineQueryResultArticle: result({
    ...{ type: "article", id: "1", title: "A", input_message_content: { message_text: "a" } },
  }),
  InlineQueryResultAudio: result(
    { type: "audio", id: "1", audio_url: "https://example.com/a.mp3", title: "A" },
    { ...caption, performer: "B", audio_duration: 9 },
  ),
  InlineQueryResultContact: result(
    { type: "contact", id: "1", phone_number: "+1", first_name: "A" },
    { last_name: "B", vcard: "C" },
  ),
  InlineQueryResultGame: result({ type: "game", id: "1", game_short_name: "chess" }),
  InlineQueryResultDocument: result(
    {
      ...{ type: "document", id: "1", title: "A", document_url: "https://example.com/a" },
      mime_type: "application/zip",
    },
    caption,
  ),
  InlineQueryResultGif: result(
    { type: "gif", id: "1", gif_url: "https://example.com/a.gif" },
    { ...caption, ...above, gif_width: 7, gif_height: 8, gif_duration: 9 },
  ),
  InlineQueryResultLocation: result(
    { type: "location", id: "1", ...place, title: "A" },
    { horizontal_accuracy: 3, live_period: 60, heading: 4, proximity_alert_radius: 5 },
  ),
  InlineQueryResultMpeg4Gif: result(
    { type: "mpeg4_gif", id: "1", mpeg4_url: "https://example.com/a.mp4" },
    { ...caption, ...above, mpeg4_width: 7, mpeg4_height: 8, mpeg4_duration: 9 },
  ),
  InlineQueryResultPhoto: result(
    { type: "photo", id: "1", photo_url: "https://example.com/a.jpg", photo_width: 7 },
    { ...caption, ...above, photo_height: 8 },
  ),
  InlineQueryResultVenue: result({ type: "venue", id: "1", ...venue }, venueIds),
  InlineQueryResultVideo: result(
    {
      ...{ type: "video", id: "1", video_url: "https://example.com/a", title: "A" },
      mime_type: "video/mp4",
    },
    {
      ...{ ...caption, ...above },
      ...{ video_width: 7, video_height: 8, video_duration: 9 },
    },
  ),
  InlineQueryResultVoice: result(
    { type: "voice", id: "1", voice_url: "https://example.com/a.ogg", title: "A" },
    { ...caption, voice_duration: 9 },
  ),
}
