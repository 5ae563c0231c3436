import { sample, type FieldSample } from "./field-sample.js"
import { accountRights } from "./account-calls.js"
import { png, stickerPng, validCalls, type Parameters } from "./valid-calls.js"

type See = FieldSample["see"]

/** Sends paid media with the object among them. */
const paid: See = async (stage, object) =>
  stage.call("sendPaidMedia", {
    ...{ chat_id: stage.ada.id, star_count: 5, media: [object], f: png, g: stickerPng },
  })

const checklist =
  (wrap: (object: Parameters) => Parameters): See =>
  async (stage, object) => {
    const call = await validCalls["sendChecklist"]!(stage)
    return stage.call("sendChecklist", { ...call, checklist: wrap(object) })
  }

/** Changes the photo of the bot, which everybody sees. */
const photo: See = async (stage, object) => {
  await stage.call("setMyProfilePhoto", { photo: object, f: png })
  return stage.call("getUserProfilePhotos", { user_id: stage.bot.id })
}

const gifts: See = async (stage, object) => {
  const { id: business_connection_id } = await stage.ada.connect(stage.bot, accountRights)
  const settings = { business_connection_id, show_gift_button: true, accepted_gift_types: object }
  await stage.call("setBusinessAccountGiftSettings", settings)
  return stage.call("getChat", { chat_id: stage.ada.id })
}

/** Posts a story with the object in it. */
const story =
  (wrap: (object: Parameters) => Parameters): See =>
  async (stage, object) => {
    const call = await validCalls["postStory"]!(stage)
    await stage.call("postStory", { ...call, ...wrap(object) })
    return stage.ada.stories
  }
const content = story((object) => ({ content: object }))
const position = {
  ...{ x_percentage: 1, y_percentage: 2, width_percentage: 3, height_percentage: 4 },
  ...{ rotation_angle: 5, corner_radius_percentage: 6 },
}
const link = { type: "link", url: "https://example.com" }
const area = (base: Parameters, values: Parameters = {}): FieldSample =>
  sample(
    story((type) => ({ areas: [{ position, type }] })),
    base,
    values,
  )
const place = { type: "location", latitude: 1, longitude: 2 }
const bold = [{ type: "bold", offset: 0, length: 1 }]

/** A sample of each object in the parameters for accounts: photos, stories, gifts, paid media, checklists. */
export const accountSamples: Readonly<Record<string, FieldSample>> = {
  InputPaidMediaPhoto: sample(paid, { type: "photo", media: "attach://f" }),
  InputPaidMediaLivePhoto: sample(paid, {
    ...{ type: "live_photo", media: "attach://f", photo: "attach://g" },
  }),
  InputPaidMediaVideo: sample(
    paid,
    { type: "video", media: "attach://f" },
    {
      ...{ thumbnail: "attach://g", cover: "attach://g", start_timestamp: 2 },
      ...{ width: 7, height: 8, duration: 9 },
    },
  ),
  InputChecklist: sample(
    checklist((object) => object),
    { title: "*a*", tasks: [{ id: 1, text: "b" }] },
    {
      ...{ parse_mode: "MarkdownV2", title_entities: bold },
      ...{ others_can_add_tasks: true, others_can_mark_tasks_as_done: true },
    },
  ),
  InputChecklistTask: sample(
    checklist((task) => ({ title: "a", tasks: [task] })),
    { id: 1, text: "*b*" },
    { parse_mode: "MarkdownV2", text_entities: bold },
  ),
  InputProfilePhotoStatic: sample(photo, { type: "static", photo: "attach://f" }),
  InputProfilePhotoAnimated: sample(photo, { type: "animated", animation: "attach://f" }),
  AcceptedGiftTypes: sample(
    gifts,
    {},
    {
      ...{ unlimited_gifts: true, limited_gifts: true, unique_gifts: true },
      ...{ premium_subscription: true, gifts_from_channels: true },
    },
  ),
  InputStoryContentPhoto: sample(content, { type: "photo", photo: "attach://f" }),
  InputStoryContentVideo: sample(
    content,
    { type: "video", video: "attach://f" },
    { duration: 9, is_animation: true },
  ),
  StoryArea: sample(
    story((object) => ({ areas: [object] })),
    { position, type: link },
  ),
  StoryAreaPosition: sample(
    story((object) => ({ areas: [{ position: object, type: link }] })),
    position,
  ),
  StoryAreaTypeLocation: area(place, { address: { country_code: "DE" } }),
  LocationAddress: sample(
    story((address) => ({ areas: [{ position, type: { ...place, address } }] })),
    { country_code: "DE" },
    { state: "Berlin", city: "Berlin", street: "Unter den Linden" },
  ),
  StoryAreaTypeSuggestedReaction: area(
    { type: "suggested_reaction", reaction_type: { type: "emoji", emoji: "👍" } },
    { is_dark: true, is_flipped: true },
  ),
  StoryAreaTypeLink: area(link),
  StoryAreaTypeWeather: area({ type: "weather", temperature: 9, emoji: "☀", background_color: 1 }),
  StoryAreaTypeUniqueGift: area({ type: "unique_gift", name: "SimulatedGift-1" }),
}
