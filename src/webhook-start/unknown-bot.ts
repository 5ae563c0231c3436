import { silentLogger } from "../ground/logger.js"
import { Nudges } from "../registration/watch/nudges.js"
import { StartHooks } from "./start-hooks.js"

/**
 * Returns a function for requests without the right secret to a path without a bot. The function does nothing, and
 * takes the same time as the hook of a started webhook.
 *
 * @param isRegistered true if the webhooks next to the path are registered by this process
 */
export function unknownBotHook(isRegistered: boolean): (caller: string | undefined) => void {
  const hooks = new StartHooks({
    lastId: undefined,
    opened: undefined,
    isRegistered,
    logger: silentLogger,
  })
  const nudges = new Nudges()
  hooks.started(isRegistered ? { nudge: () => nudges.isAccepted(performance.now()) } : undefined)
  return (caller) => hooks.onWrongSecret(caller)
}
