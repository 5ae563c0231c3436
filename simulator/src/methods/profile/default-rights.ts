import type { ChatAdministratorRights } from "@grammyjs/types"
import { rightsIn } from "../../world/members.js"
import { rightsArgument } from "../rights-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for the rights that a bot requests when it is made an administrator. */
export const defaultRightsMethods: MethodTable = {
  setMyDefaultAdministratorRights,
  getMyDefaultAdministratorRights,
}

function setMyDefaultAdministratorRights({ args, bot, world }: Call): true {
  const requestedRights = rightsArgument(args, "rights")
  const kind = args.flag("for_channels") ? "channel" : "supergroup"
  world.profiles.of(bot.me.id).defaultRights.set(kind, rightsFrom(requestedRights, kind))
  world.changes.announce({ kind: "bot", bot })
  return true
}

function getMyDefaultAdministratorRights({ args, bot, world }: Call): ChatAdministratorRights {
  const kind = args.flag("for_channels") ? "channel" : "supergroup"
  return world.profiles.of(bot.me.id).defaultRights.get(kind) ?? rightsFrom({}, kind)
}

function rightsFrom(
  requestedRights: Readonly<Record<string, unknown>>,
  kind: "channel" | "supergroup",
): ChatAdministratorRights {
  const named = rightsIn(kind).map((name) => [name, requestedRights[name] === true] as const)
  // The object contains every right of this kind of chat.
  return {
    is_anonymous: requestedRights["is_anonymous"] === true,
    ...Object.fromEntries(named),
  } as ChatAdministratorRights
}
