import { errorCode } from "../ground/error-text.js"

/**
 * Ends the process without an error when the program that reads its output has ended, as in `sounder doctor |
 * head`. A long-running command gets a SIGTERM, so that it can close its resources.
 */
export function exitOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (errorCode(error) !== "EPIPE") throw error
      if (process.listenerCount("SIGTERM") > 0) process.kill(process.pid, "SIGTERM")
      else process.exit()
    })
  }
}
