import { documentedParameters } from "./parameters.generated.js"

/** Methods of Bot API 10.4 and 10.5 that are missing in the types of this package. */
const newerMethods = [
  "sendWidget",
  "sendSharedWidget",
  "answerWidgetQuery",
  "editMessageWidgetData",
  "editSharedWidgetData",
  "setMySettings",
]

/** Former names that Telegram's server still accepts. */
const formerNames = ["setStickerSetThumb"]

/** Every method of the Bot API, by its lower-case name, in Telegram's spelling. */
export const knownMethods: ReadonlyMap<string, string> = new Map(
  [...Object.keys(documentedParameters), ...newerMethods, ...formerNames].map((name) => [
    name.toLowerCase(),
    name,
  ]),
)
