import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import { IconButton } from "./icon-button.js"
import { store } from "./page-store.js"

interface Props {
  /** The key of the chat. */
  readonly chat: string
  readonly onClose: () => void
}

/** A search in a chat: Enter shows the next older match, Shift+Enter the next newer one. */
export function SearchBar({ chat, onClose }: Props) {
  const [text, setText] = useState("")
  const [found, setFound] = useState<readonly number[]>()
  const [at, setAt] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  // A layout effect runs before the next key press.
  useLayoutEffect(() => field.current?.focus(), [])
  useEffect(() => {
    const abort = new AbortController()
    void find(chat, text, abort.signal).then((ids) => {
      if (abort.signal.aborted) return
      setFound(ids)
      setAt(0)
    })
    return () => abort.abort()
  }, [chat, text])
  useEffect(() => {
    const id = found?.[at]
    if (id !== undefined) void store.show(chat, id)
  }, [found, at])
  const step = (by: number) => {
    if (found?.length) setAt((at + by + found.length) % found.length)
  }
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose()
    if (event.key !== "Enter") return
    event.preventDefault()
    step(event.shiftKey ? -1 : 1)
  }
  return (
    <search class="search-bar">
      <input
        ref={field}
        type="search"
        value={text}
        aria-label="Search this chat"
        placeholder="Search this chat"
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          setFound(undefined)
        }}
        onKeyDown={keyDown}
      />
      <span class="dim" role="status">
        {found && countOf(found, at)}
      </span>
      <IconButton icon="up" label="Older" onClick={() => step(1)} />
      <IconButton icon="down" label="Newer" onClick={() => step(-1)} />
      <IconButton icon="close" label="Close the search" onClick={onClose} />
    </search>
  )
}

function countOf(found: readonly number[], at: number): string {
  return found.length === 0 ? "Not found" : `${at + 1} of ${found.length}`
}

type Found = readonly number[] | undefined

async function find(chat: string, text: string, signal: AbortSignal): Promise<Found> {
  if (text.trim() === "") return undefined
  try {
    const query = new URLSearchParams({ chat, text })
    const response = await fetch(`/page/search?${query}`, { signal })
    // The simulator's answer has this type.
    return response.ok ? ((await response.json()) as { ids: number[] }).ids : undefined
  } catch {
    return undefined
  }
}
