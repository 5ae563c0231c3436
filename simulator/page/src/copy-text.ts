import { store } from "./page-store.js"

/** Puts a text on the clipboard; false where the browser allows it to no page without HTTPS. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    store.notice({
      kind: "error",
      text: "The browser does not let this page copy: copy it by hand",
    })
    return false
  }
}
