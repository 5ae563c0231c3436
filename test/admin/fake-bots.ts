import type { UserFromGetMe } from "../../src/telegram/types.js"

/** A name with HTML, with marks that reverse the text behind them, and with many combining characters. */
export const hostileName = `<img src=x onerror=alert(1)>\u202E"'&</bdi></li>\u2067${"e\u0301\u0302\u0303".repeat(5)}`

/** Returns bots that exist nowhere, with their names. */
export function fakeBots(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const id = 100_000_000 + index
    const me: UserFromGetMe = {
      id,
      is_bot: true,
      first_name: `Bot ${index}`,
      username: `number_${index}_bot`,
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
      has_topics_enabled: false,
      allows_users_to_create_topics: false,
      can_manage_bots: false,
    } as UserFromGetMe
    return { token: `${id}:${"x".repeat(35)}`, me, kind: index % 2 === 0 ? "shop" : "" }
  })
}
