import { useEffect } from "preact/hooks"

/** Functions that close the open views of a narrow screen, in the order of opening. */
const open: (() => void)[] = []
let isOwnStep = false

addEventListener("popstate", () => {
  if (isOwnStep) isOwnStep = false
  else open.pop()?.()
})

/**
 * Adds a history entry for a view that covers a narrow screen, so that the back gesture closes the view.
 *
 * @param covers whether the view is open
 */
export function useBack(covers: boolean, close: () => void): void {
  useEffect(() => {
    if (!covers) return undefined
    const step = () => close()
    open.push(step)
    history.pushState(null, "")
    return () => {
      const at = open.indexOf(step)
      if (at < 0) return
      // A button closed the view: remove its history entry.
      open.splice(at, 1)
      isOwnStep = true
      history.back()
    }
  }, [covers])
}
