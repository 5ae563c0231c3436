import type { ApiMethodName, ApiParameters } from "../../telegram/api.js"

/** The names of the parameters that a context fills in, unless the caller passes them. */
export type FilledIn =
  | "chat_id"
  | "message_id"
  | "inline_message_id"
  | "receiver_user_id"
  | "ephemeral_message_id"
  | "message_thread_id"
  | "business_connection_id"
  | "direct_messages_topic_id"

/** The parameters of a method, of which those named `Filled` are optional. */
export type Filling<M extends ApiMethodName, Filled extends string> = Omit<
  ApiParameters<M>,
  Filled
> &
  Partial<Pick<ApiParameters<M>, Extract<keyof ApiParameters<M>, Filled>>>

/**
 * The parameters of a method without those named `Given`, which a shortcut has as arguments. The
 * parameters that a context fills in are optional.
 */
export type Rest<M extends ApiMethodName, Given extends string = never> = Omit<
  Filling<M, FilledIn>,
  Given
>

/** One parameter of a Bot API method. */
export type Parameter<
  M extends ApiMethodName,
  K extends keyof ApiParameters<M>,
> = ApiParameters<M>[K]
