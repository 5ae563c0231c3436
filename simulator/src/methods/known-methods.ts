import { documentedParameters } from "./parameters.generated.js"

/** Methods of Bot API 10.4 and 10.5, which the types that this package is built with do not have. */
const newerMethods = [
  "sendWidget",
  "sendSharedWidget",
  "answerWidgetQuery",
  "editMessageWidgetData",
  "editSharedWidgetData",
  "setMySettings",
]

/** Names of before, which Telegram's server still answers to. */
const formerNames = ["setStickerSetThumb"]

/** Every method of the Bot API: the name in lower case to the name as Telegram spells it. */
export const knownMethods: ReadonlyMap<string, string> = new Map(
  [...Object.keys(documentedParameters), ...newerMethods, ...formerNames].map((name) => [
    name.toLowerCase(),
    name,
  ]),
)
