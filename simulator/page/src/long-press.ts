import { useEffect, useRef, useState } from "preact/hooks"

/** The duration of a long press, and the distance that ends it. */
const [holdMs, movedPx] = [450, 10]

/** Detects a long press on an element. `isHeld` stays true until a touch outside the element. */
export function useLongPress() {
  const [isHeld, setHeld] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const from = useRef({ x: 0, y: 0 })
  const element = useRef<HTMLElement>(null)
  const stop = () => clearTimeout(timer.current)
  useEffect(() => {
    if (!isHeld) return undefined
    const elsewhere = ({ target }: Event) => {
      if (!(target instanceof Node) || !element.current?.contains(target)) setHeld(false)
    }
    document.addEventListener("pointerdown", elsewhere)
    return () => document.removeEventListener("pointerdown", elsewhere)
  }, [isHeld])
  useEffect(() => stop, [])
  const onPointerDown = ({ pointerType, clientX: x, clientY: y }: PointerEvent) => {
    if (pointerType !== "touch") return
    from.current = { x, y }
    timer.current = setTimeout(() => setHeld(true), holdMs)
  }
  const onPointerMove = ({ clientX, clientY }: PointerEvent) => {
    const { x, y } = from.current
    if (Math.hypot(clientX - x, clientY - y) > movedPx) stop()
  }
  const handlers = { onPointerDown, onPointerMove, onPointerUp: stop, onPointerCancel: stop }
  return { isHeld, element, handlers }
}
