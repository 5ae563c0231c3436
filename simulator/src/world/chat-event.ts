import type { Message } from "@grammyjs/types"

/** An event of a chat's messages; `Where` holds the chat. */
export type ChatEvent<Where> = Where &
  (
    | { readonly kind: "message"; readonly message: Message }
    | { readonly kind: "edit"; readonly message: Message }
    | {
        readonly kind: "delete"
        readonly messageId: number
        /** Whether only one person has seen the message. */
        readonly isEphemeral?: true
      }
  )
