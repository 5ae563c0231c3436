import type { FormattedText } from "./formatted-text.js"
import type { InputFile } from "./input-file.js"

/** For each text parameter, the name of the parameter with its entities. */
interface EntitiesOf {
  readonly caption: "caption_entities"
  readonly description: "description_entities"
  readonly explanation: "explanation_entities"
  readonly message_text: "entities"
  readonly question: "question_entities"
  readonly quote: "quote_entities"
  readonly text: "entities" | "text_entities"
  readonly title: "title_entities"
}

/** The names of parameters whose objects contain texts with entities. */
type FormattedMember =
  | "checklist"
  | "input_message_content"
  | "media"
  | "options"
  | "reply_parameters"
  | "result"
  | "results"
  | "tasks"

/** The names of parameters that the bot's `defaults` can set. `null` switches the default off for a call. */
type DefaultedName =
  | "allow_paid_broadcast"
  | "allow_sending_without_reply"
  | "disable_notification"
  | "link_preview_options"
  | "parse_mode"
  | "protect_content"
  | "show_caption_above_media"
  | `${"description" | "explanation" | "question" | "text"}_parse_mode`

/**
 * The parameters `P` as a program may give them, at every depth: each text that has entities may also be a
 * formatted text, and each parameter that the bot's `defaults` can set may be `null`.
 */
export type GivenParameters<P> = P extends InputFile
  ? P
  : P extends readonly (infer Item)[]
    ? P extends unknown[]
      ? GivenParameters<Item>[]
      : readonly GivenParameters<Item>[]
    : P extends object
      ? {
          [Key in keyof P]: Key extends keyof EntitiesOf
            ? Extract<keyof P, EntitiesOf[Key]> extends never
              ? P[Key]
              : P[Key] | FormattedText
            : Key extends FormattedMember
              ? GivenParameters<P[Key]>
              : Key extends DefaultedName
                ? P[Key] | null
                : P[Key]
        }
      : P
