import type { ComponentChildren } from "preact"
import { useId, useLayoutEffect, useRef } from "preact/hooks"

interface Props {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A dialog over the page. Escape closes it; the previous element gets the focus back. */
export function Modal({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const isUnmounted = useRef(false)
  const id = useId()
  // A layout effect runs before the next key press, which then goes to the dialog.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => {
      // The person has not closed the dialog: its parent has removed it.
      isUnmounted.current = true
      element?.close()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class="modal"
      aria-labelledby={id}
      onClose={() => void (isUnmounted.current || onClose())}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  )
}
