import { store } from "./page-store.js"

/** Copies a text to the clipboard. Returns false if the browser refuses, as some do without HTTPS. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    store.notice({
      kind: "error",
      text: "The browser does not allow this page to copy. Copy the text manually",
    })
    return false
  }
}
