import type { MethodStage, Parameters } from "./method-stage.js"

/** Makes Ada's channel, with the bot as an administrator, and Bob's suggested post. */
async function suggested({ telegram, ada, bot }: MethodStage): Promise<Parameters> {
  const bob = telegram.user({ first_name: "Bob" })
  const direct = await ada.openDirectMessages(telegram.channel({ title: "News" }, ada, bot))
  const { message_id } = await bob.suggest(direct, "Tea")
  return { chat_id: direct.id, message_id }
}

/** Valid calls of the methods for rich messages, drafts and suggested posts. */
export const richCalls: Readonly<
  Record<string, (stage: MethodStage) => Parameters | Promise<Parameters>>
> = {
  sendRichMessage: ({ ada }) => ({ chat_id: ada.id, rich_message: { html: "<h1>Hello</h1>" } }),
  approveSuggestedPost: suggested,
  declineSuggestedPost: suggested,
  sendMessageDraft: ({ ada }) => ({ chat_id: ada.id, draft_id: 1, text: "Hel" }),
  sendRichMessageDraft: ({ ada }) => ({
    ...{ chat_id: ada.id, draft_id: 1, rich_message: { html: "Hel" } },
  }),
}
