import { errorCode } from "../ground/error-text.js"

/**
 * Ends the process quietly when nobody reads any more what it prints, as in `sounder doctor | head`. A
 * command that runs on is told to end, so that it closes what it has opened.
 */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (errorCode(error) !== "EPIPE") throw error
      if (process.listenerCount("SIGTERM") > 0) process.kill(process.pid, "SIGTERM")
      else process.exit()
    })
  }
}
