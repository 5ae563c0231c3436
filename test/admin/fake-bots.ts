import { meOfBot } from "../support/me-of-bot.js"

/** A name with HTML, with marks that reverse the text behind them, and with many combining characters. */
export const hostileName = `<img src=x onerror=alert(1)>\u202E"'&</bdi></li>\u2067${"e\u0301\u0302\u0303".repeat(5)}`

/** Returns bots that exist nowhere, with their names. */
export function fakeBots(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const id = 100_000_000 + index
    const me = meOfBot(id, `Bot ${index}`, `number_${index}_bot`)
    return { token: `${id}:${"x".repeat(35)}`, me, kind: index % 2 === 0 ? "shop" : "" }
  })
}
