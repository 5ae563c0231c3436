import type { Bot } from "../../src/bot/index.js"
import { Dispatcher } from "../../src/dispatch/index.js"
import { WebhookIntake } from "../../src/webhook-start/webhook-intake.js"
import { type Stage } from "./postgres-stage.js"
import { freePort } from "./free-port.js"
import { type Mode, modesInto, type RunningBot } from "./modes.js"

/** Returns the modes with a PostgreSQL queue. */
export function postgresModes(stage: Stage): readonly Mode[] {
  return [
    ...modesInto("PostgreSQL", () => stage.open()),
    {
      name: "webhook over HTTP, into PostgreSQL, with a worker of its own",
      open: (bot) => receiverAndWorker(stage, bot),
    },
  ]
}

/** Returns a receiver without handlers and a worker without intake, in place of two machines. */
async function receiverAndWorker(stage: Stage, bot: Bot): Promise<RunningBot> {
  const schema = stage.newSchema()
  const receiving = stage.open({ schema })
  const working = stage.open({ schema, listen: stage.pool })
  const dispatcher = new Dispatcher({ bot, queue: working })
  const port = await freePort()
  let intake: WebhookIntake | undefined
  return {
    dispatcher,
    async start() {
      dispatcher.start()
      intake = await WebhookIntake.start({
        ...{ bot, queue: receiving, listen: "127.0.0.1", port, urlPath: "hook" },
        webhookUrl: `http://127.0.0.1:${port}/hook`,
        allowedUpdates: dispatcher.allowedUpdates,
      })
    },
    async stop(options) {
      await intake?.stopIntake()
      const verdict = await dispatcher.stop(options)
      await intake?.finish()
      return verdict
    },
    async close() {
      await receiving[Symbol.asyncDispose]()
      await working[Symbol.asyncDispose]()
    },
  }
}
