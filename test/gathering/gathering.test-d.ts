import { expectTypeOf, test } from "vitest"
import { type Dispatcher, filters } from "../../src/dispatch/index.js"
import { albums, bursts, pastes } from "../../src/gathering/index.js"
import type { MessageEntity, PhotoSize } from "../../src/telegram/types.js"

declare const dispatcher: Dispatcher

test("the context of a gathering has the first message, all parts and their values", () => {
  const app = dispatcher.decorate({ shop: { name: "A" } })
  albums().handle(
    app,
    (ctx) => {
      expectTypeOf(ctx.message.media_group_id).toEqualTypeOf<string>()
      expectTypeOf(ctx.parts[0]?.photo).toEqualTypeOf<PhotoSize[] | undefined>()
      expectTypeOf(ctx.caption?.entities).toEqualTypeOf<MessageEntity[] | undefined>()
      expectTypeOf(ctx.shop.name).toEqualTypeOf<string>()
      expectTypeOf(ctx.chat.id).toEqualTypeOf<number>()
      // @ts-expect-error -- only `late` has the parts that were handled before
      void ctx.handled
    },
    {
      late: (ctx) => {
        expectTypeOf(ctx.handled[0]?.media_group_id).toEqualTypeOf<string | undefined>()
        expectTypeOf(ctx.shop.name).toEqualTypeOf<string>()
      },
    },
  )
  pastes().handle(app, (ctx) => {
    expectTypeOf(ctx.text.text).toEqualTypeOf<string>()
    expectTypeOf(ctx.message.text).toEqualTypeOf<string>()
    // @ts-expect-error -- a paste has no caption
    void ctx.caption
  })
  bursts(filters.forwarded).handle(app, (ctx) => {
    expectTypeOf(ctx.parts[0]?.forward_origin.type).not.toEqualTypeOf<undefined>()
  })
  albums({ types: ["channel_post"] }).handle(app, (ctx) => {
    expectTypeOf(ctx.channelPost.chat.id).toEqualTypeOf<number>()
  })
  // @ts-expect-error -- an edit is no new part
  albums({ types: ["edited_message"] })
})
