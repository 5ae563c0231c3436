import type { Message } from "@grammyjs/types"

/** What happens to the messages of a chat; `Where` says in which. */
export type ChatEvent<Where> = Where &
  (
    | { readonly kind: "message"; readonly message: Message }
    | { readonly kind: "edit"; readonly message: Message }
    | { readonly kind: "delete"; readonly messageId: number }
  )
