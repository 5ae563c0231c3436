import { job, type JobPlace } from "../../src/jobs/index.js"
import { dispatchedEach } from "../support/dispatched.js"
import { stopClockEach } from "../support/stopped-clock.js"
import { namedBot } from "../support/updates.js"

const botId = namedBot().id

/** Returns the functions of a test file about jobs, whose time stands still. */
export function teaJobEach() {
  const stage = dispatchedEach()
  stopClockEach()

  /** Returns the place of a chat, for programs outside of handlers. */
  function place(chatId = 1): JobPlace {
    return { queue: stage.queue, botId, chatId }
  }

  /** Registers a job whose runs record their planned times. */
  function noted() {
    const runs: string[] = []
    const tea = job<{ kind: string } | undefined>("tea")
    tea.handle(stage.dispatcher, (ctx) => void runs.push(ctx.job.plannedAt.toISOString()))
    stage.dispatcher.start()
    return { tea, runs }
  }

  return { stage, place, noted }
}
