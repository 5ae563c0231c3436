import { spawnSync } from "node:child_process"
import { leaveOut, type Skippable } from "./leave-out.js"
import { isHidden } from "./real-servers.js"

/**
 * Returns the Python with python-telegram-bot. Otherwise skips the test, or throws if `CI` is set.
 */
export function requirePythonTelegramBot(
  context: Skippable,
  { python = "/usr/bin/python3", environment = process.env } = {},
): string {
  const isThere = () =>
    spawnSync(python, ["-c", "import telegram.ext"], { stdio: "ignore" }).status === 0
  if (!isHidden(environment) && isThere()) return python
  const advice = "on Debian: apt-get install python3-python-telegram-bot"
  return leaveOut(`python-telegram-bot is not installed (${advice})`, context, environment)
}
