import type { MethodStage, Parameters } from "./method-stage.js"

/** Valid calls of the methods for rich messages and drafts. */
export const richCalls: Readonly<Record<string, (stage: MethodStage) => Parameters>> = {
  sendRichMessage: ({ ada }) => ({ chat_id: ada.id, rich_message: { html: "<h1>Hello</h1>" } }),
  sendMessageDraft: ({ ada }) => ({ chat_id: ada.id, draft_id: 1, text: "Hel" }),
  sendRichMessageDraft: ({ ada }) => ({
    ...{ chat_id: ada.id, draft_id: 1, rich_message: { html: "Hel" } },
  }),
}
