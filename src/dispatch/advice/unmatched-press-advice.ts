import type { AdviceLog } from "../../ground/advice-log.js"
import { similarName } from "../../ground/similar-name.js"
import type { HandlerEntry } from "../handlers/handler-entry.js"
import type { HandlerPlan } from "../handlers/handler-plan.js"
import { prefixKeyOf, prefixOfKey, unmatchedKey } from "../handlers/press-key.js"

/** Logs the data of a press that has reached no handler, once for data with the same prefix. */
export function adviseOnUnmatchedPress(
  data: string,
  { handlers }: Pick<HandlerPlan, "handlers">,
  advice: AdviceLog,
): void {
  const known = new Set(handlers.flatMap(({ entry }) => pressKeysOf(entry)))
  const prefixKey = prefixKeyOf(data)
  advice.warnOnce(
    `No handler matches the press of a button with the data ${JSON.stringify(data)}, so that the press has no ` +
      `effect. ${cureOf(data, prefixKey, known)}`,
    `press ${prefixKey ?? data}`,
  )
}

function pressKeysOf({ types, keys = [] }: HandlerEntry): readonly string[] {
  return types?.includes("callback_query") ? keys.filter((key) => key !== unmatchedKey) : []
}

function cureOf(data: string, prefixKey: string | undefined, known: ReadonlySet<string>): string {
  const prefix = prefixKey && data.slice(0, data.indexOf(":"))
  if (prefixKey !== undefined && known.has(prefixKey)) {
    return (
      `Handlers of the prefix ${JSON.stringify(prefix)} are registered, but do not accept these data: the data ` +
      "have expired, are of an earlier version or another user, or have values that `where` excludes"
    )
  }
  // Only the data of menus begin with a dot.
  if (prefix?.startsWith(".")) {
    return `Mount the menu ${JSON.stringify(prefix.slice(1))} with \`use(menu)\``
  }
  const exact = [...known].filter((key) => prefixOfKey(key) === undefined)
  const similar = prefix === undefined ? similarName(data, exact) : undefined
  if (similar !== undefined) {
    return `Is the data of the handler of ${JSON.stringify(similar)}, or of the button, spelt right?`
  }
  if (prefix === undefined) return `Add a handler: \`callbackQuery(${JSON.stringify(data)}, …)\``
  return (
    `Add a handler of the \`callbackData\` with the prefix ${JSON.stringify(prefix)}, or of exactly these data: ` +
    "`callbackQuery(…, handler)`"
  )
}
