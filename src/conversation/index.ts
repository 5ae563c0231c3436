/** Dialogs of several steps, by states and by scripts. */
export { Conversation, type DialogContext } from "./conversation.js"
export type { ConversationOptions, DialogKey } from "./conversation-options.js"
export type { CallableConversation, Dialog, DialogValues } from "./dialog.js"
export type { DialogAt, DialogSnapshot } from "./dialog-at.js"
export { ConversationChanged } from "./script/conversation-changed.js"
export type { ScriptAt, ScriptSnapshot } from "./script/script-at.js"
export type { ScriptDialog, ScriptDialogValues } from "./script/script-dialog.js"
export type { Script, ScriptOptions, SessionValues } from "./script/script-options.js"
export type { ScriptSession } from "./script/script-sessions.js"
export { ScriptedConversation } from "./script/scripted-conversation.js"
export type {
  Again,
  AnswerContext,
  AskOptions,
  Question,
  Talk,
  WaitForOptions,
} from "./script/talk.js"
export { WaitTimeout } from "./script/wait-timeout.js"
