import { spawn } from "node:child_process"

const programs: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
}

/** Opens an address in the browser of the system; does nothing without a browser. */
export function openInBrowser(url: string): void {
  const [file = "xdg-open", ...args] = programs[process.platform] ?? ["xdg-open"]
  const child = spawn(file, [...args, url], { stdio: "ignore", detached: true })
  // The caller has printed the address, so a missing browser is not an error.
  child.once("error", () => {})
  child.unref()
}
