import { expectTypeOf, test } from "vitest"
import type { ReplyMethods } from "../../../src/dispatch/context/reply-methods.js"
import type { ApiResult } from "../../../src/telegram/api.js"

/** The result of a shortcut. */
type Sent<Name extends keyof ReplyMethods> = Awaited<ReturnType<ReplyMethods[Name]>>

test("the result of each shortcut, which is named for the reader, is that of its method", () => {
  expectTypeOf<Sent<"replyEphemeral">>().toEqualTypeOf<ApiResult<"sendMessage">>()
  expectTypeOf<Sent<"reply">>().toEqualTypeOf<ApiResult<"sendMessage">>()
  expectTypeOf<Sent<"replyWithRichMessage">>().toEqualTypeOf<ApiResult<"sendRichMessage">>()
  expectTypeOf<Sent<"replyWithPhoto">>().toEqualTypeOf<ApiResult<"sendPhoto">>()
  expectTypeOf<Sent<"replyWithLivePhoto">>().toEqualTypeOf<ApiResult<"sendLivePhoto">>()
  expectTypeOf<Sent<"replyWithAudio">>().toEqualTypeOf<ApiResult<"sendAudio">>()
  expectTypeOf<Sent<"replyWithDocument">>().toEqualTypeOf<ApiResult<"sendDocument">>()
  expectTypeOf<Sent<"replyWithVideo">>().toEqualTypeOf<ApiResult<"sendVideo">>()
  expectTypeOf<Sent<"replyWithAnimation">>().toEqualTypeOf<ApiResult<"sendAnimation">>()
  expectTypeOf<Sent<"replyWithVoice">>().toEqualTypeOf<ApiResult<"sendVoice">>()
  expectTypeOf<Sent<"replyWithVideoNote">>().toEqualTypeOf<ApiResult<"sendVideoNote">>()
  expectTypeOf<Sent<"replyWithSticker">>().toEqualTypeOf<ApiResult<"sendSticker">>()
  expectTypeOf<Sent<"replyWithMediaGroup">>().toEqualTypeOf<ApiResult<"sendMediaGroup">>()
  expectTypeOf<Sent<"replyWithGame">>().toEqualTypeOf<ApiResult<"sendGame">>()
  expectTypeOf<Sent<"replyWithLocation">>().toEqualTypeOf<ApiResult<"sendLocation">>()
  expectTypeOf<Sent<"replyWithVenue">>().toEqualTypeOf<ApiResult<"sendVenue">>()
  expectTypeOf<Sent<"replyWithContact">>().toEqualTypeOf<ApiResult<"sendContact">>()
  expectTypeOf<Sent<"replyWithPoll">>().toEqualTypeOf<ApiResult<"sendPoll">>()
  expectTypeOf<Sent<"replyWithPaidMedia">>().toEqualTypeOf<ApiResult<"sendPaidMedia">>()
  expectTypeOf<Sent<"replyWithInvoice">>().toEqualTypeOf<ApiResult<"sendInvoice">>()
  expectTypeOf<Sent<"replyWithWidget">>().toEqualTypeOf<ApiResult<"sendWidget">>()
  expectTypeOf<Sent<"replyWithSharedWidget">>().toEqualTypeOf<ApiResult<"sendSharedWidget">>()
  expectTypeOf<Sent<"replyWithDice">>().toEqualTypeOf<ApiResult<"sendDice">>()
  expectTypeOf<Sent<"sendChatAction">>().toEqualTypeOf<ApiResult<"sendChatAction">>()
})
