import type { Simulator } from "@sounder/simulator"
import { errorCode } from "../../ground/error-text.js"
import { ExitError } from "../exit-error.js"

/** A simulated Telegram for one bot under development. */
export interface DevelopmentTelegram extends AsyncDisposable {
  /** The root of the Bot API, and of the chat page. */
  readonly apiRoot: string
  /** The bot's token, the same at every start. */
  readonly token: string
}

/** The only bot; Telegram assigns this id to nobody. */
const bot = { token: "1000001:development-only", first_name: "My bot", username: "my_bot" }

/** Starts a simulated Telegram with two people and one bot. Rejects if its package is missing. */
export async function startTelegram(options: {
  readonly port: number
  readonly state?: string | undefined
}): Promise<DevelopmentTelegram> {
  const { Simulator } = await simulatorPackage()
  const { state, port } = options
  const stateOption = state !== undefined && { state }
  const telegram = await Simulator.start({ port, page: true, ...stateOption }).catch(
    (error: unknown) => {
      throw withAdvice(error, port)
    },
  )
  populate(telegram)
  return {
    apiRoot: telegram.apiRoot,
    token: bot.token,
    [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose](),
  }
}

/** Returns the error of a port that cannot be used with the text that `sounder simulate` prints for it. */
function withAdvice(cause: unknown, port: number): unknown {
  switch (errorCode(cause)) {
    case "EADDRINUSE": {
      const message = `Port ${port} is taken on 127.0.0.1, perhaps by another simulator. Choose one with --port, or --port 0 for any`
      return new ExitError(1, message, { cause })
    }
    case "EACCES": {
      const message = `This user may not listen on port ${port}. Choose a port above 1023 with --port`
      return new ExitError(1, message, { cause })
    }
    default:
      return cause
  }
}

function populate(telegram: Simulator): void {
  if (telegram.users.length === 0) {
    for (const first_name of ["Ada", "Grace"]) telegram.user({ first_name })
  }
  if (!telegram.bots.some(({ token }) => token === bot.token)) telegram.bot(bot)
}

async function simulatorPackage(): Promise<typeof import("@sounder/simulator")> {
  try {
    return await import("@sounder/simulator")
  } catch (cause) {
    const message =
      "The simulator is a separate package: run `npm install --save-dev @sounder/simulator` and this command again"
    throw new ExitError(1, message, { cause })
  }
}
