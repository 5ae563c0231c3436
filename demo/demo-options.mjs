// @ts-check
/**
 * The options of the demo, read without any package: the demo's help needs no installation.
 *
 * @module
 */
import { parseArgs } from "node:util"

/** The port of the simulated Telegram; `sounder simulate` has 8081. */
const defaultPort = 8082

const usage = `Usage: npm run demo -- [options]

A bot answers, on this machine. With BOT_TOKEN in the environment, the bot is on the real Telegram.

Options:
  --once           end after the first conversation
  --polling        receive by polling (default: a webhook with TLS)
  --port <number>  the port of the simulated Telegram and its chat page; 0 for a free port
                   (default: ${defaultPort}, or a free port if another program has it)
  -h, --help       show this help
`

/**
 * @typedef {object} DemoOptions
 * @property {boolean} once whether the demo ends after the first conversation
 * @property {boolean} polling whether the bot polls
 * @property {number} port the port of the simulated Telegram
 * @property {boolean} isPortChosen whether the command line names the port
 */

/**
 * Reads the options of a command line. Prints the help and ends the process if the command line
 * asks for it or has a mistake.
 *
 * @param {readonly string[]} [args]
 * @returns {DemoOptions}
 */
export function demoOptions(args = process.argv.slice(2)) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: "boolean", default: false },
        polling: { type: "boolean", default: false },
        port: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    })
    if (values.help) end(usage, 0)
    const { once, polling, port } = values
    return { once, polling, port: portOf(port), isPortChosen: port !== undefined }
  } catch (error) {
    return end(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, 1)
  }
}

/** @param {string | undefined} text */
function portOf(text) {
  if (text === undefined) return defaultPort
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new Error(`--port: expected a number from 0 to 65535, got "${text}".`)
}

/**
 * @param {string} text
 * @param {0 | 1} status
 * @returns {never}
 */
function end(text, status) {
  const stream = status === 0 ? process.stdout : process.stderr
  stream.write(text)
  process.exit(status)
}
