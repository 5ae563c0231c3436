import { useEffect, useRef } from "preact/hooks"

/** A point of the window. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** The duration of a long press, and the movement that cancels it. */
const [holdMs, movedPx] = [450, 10]

/** Returns the handlers of an element that detect a long press by touch. */
export function useLongPress(onHold: (at: Point) => void) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const from = useRef<Point>({ x: 0, y: 0 })
  const stop = () => clearTimeout(timer.current)
  useEffect(() => stop, [])
  const onPointerDown = ({ pointerType, clientX: x, clientY: y }: PointerEvent) => {
    if (pointerType !== "touch") return
    from.current = { x, y }
    timer.current = setTimeout(() => onHold({ x, y }), holdMs)
  }
  const onPointerMove = ({ clientX, clientY }: PointerEvent) => {
    const { x, y } = from.current
    if (Math.hypot(clientX - x, clientY - y) > movedPx) stop()
  }
  return { onPointerDown, onPointerMove, onPointerUp: stop, onPointerCancel: stop }
}
