import { store } from "./page-store.js"
import { act } from "./server.js"

/**
 * Opens a Mini App in a new tab, that of a button with its initial data.
 *
 * @param place the person, the chat, and the button of a message or the key
 */
export async function openApp(place: object): Promise<void> {
  const opened = await act<{ url: string }>("openApp", place)
  if (opened === undefined) return
  if (/^https?:/i.test(opened.url)) window.open(opened.url, "_blank", "noopener,noreferrer")
  else store.notice({ kind: "note", text: "The page opens Web Apps with http and https only" })
}
