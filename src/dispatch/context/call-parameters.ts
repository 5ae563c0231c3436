import type { ApiMethodName, ApiParameters } from "../../telegram/api.js"

/** The parameters that a context fills in; what is given to a method of it wins over them. */
type FilledIn =
  | "chat_id"
  | "message_id"
  | "inline_message_id"
  | "message_thread_id"
  | "business_connection_id"
  | "direct_messages_topic_id"

/** The parameters of a Bot API method without those named, and with those a context fills in optional. */
export type Rest<M extends ApiMethodName, Given extends string = never> = Omit<
  ApiParameters<M>,
  FilledIn | Given
> &
  Partial<Pick<ApiParameters<M>, Extract<keyof ApiParameters<M>, FilledIn>>>

/** One parameter of a Bot API method. */
export type Parameter<
  M extends ApiMethodName,
  K extends keyof ApiParameters<M>,
> = ApiParameters<M>[K]
