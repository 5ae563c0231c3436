import type { ComponentChildren } from "preact"
import { useId, useLayoutEffect, useRef } from "preact/hooks"

interface Props {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A dialog over the page; Escape closes it, and the focus goes back to where it was. */
export function Modal({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const isGone = useRef(false)
  const id = useId()
  // Before the next key, so that what is typed at once is typed into it.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => {
      // Closed by whoever shows something else in its place: nobody has asked for that.
      isGone.current = true
      element?.close()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class="modal"
      aria-labelledby={id}
      onClose={() => void (isGone.current || onClose())}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  )
}
