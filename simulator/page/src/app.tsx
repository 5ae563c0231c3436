import { useEffect, useState } from "preact/hooks"
import { useBack } from "./back.js"
import { ChatView } from "./chat-view.js"
import { IconButton } from "./icon-button.js"
import { Notices } from "./notices.js"
import { store, usePage } from "./page-store.js"
import { PictureViewer } from "./picture-viewer.js"
import { Sidebar } from "./sidebar.js"
import { WirePanel } from "./wire/wire-panel.js"

/** The whole page: the list of chats, the open chat, and the panel with updates and calls. */
export function App() {
  const isReady = usePage((state) => state.isReady)
  const isConnected = usePage((state) => state.isConnected)
  const isChatOpen = usePage((state) => state.openChat !== undefined)
  const [showsWire, showWire] = useState(() => innerWidth > 1000)
  useBack(isChatOpen && innerWidth <= 700, () => store.open(undefined))
  useBack(showsWire && innerWidth <= 1000, () => showWire(false))
  useEffect(keepDroppedFiles, [])
  if (!isReady) return <main class="loading">Connecting…</main>
  return (
    <main class={`app ${showsWire ? "with-wire" : ""} ${isChatOpen ? "chat-is-open" : ""}`}>
      <h1 class="hidden">Telegram on this machine</h1>
      <Sidebar />
      <ChatView />
      <div class="wire-toggle">
        <IconButton
          icon="wire"
          label="The wire"
          pressed={showsWire}
          onClick={() => showWire(!showsWire)}
        />
      </div>
      {showsWire ? <WirePanel /> : null}
      <PictureViewer />
      <Notices />
      {isConnected ? null : (
        <div class="offline" role="alert">
          The simulator is not responding. Trying again…
        </div>
      )}
    </main>
  )
}

/** Prevents the browser from opening a dropped file in place of the page. */
function keepDroppedFiles(): () => void {
  const keep = (event: DragEvent) => event.preventDefault()
  addEventListener("dragover", keep)
  addEventListener("drop", keep)
  return () => {
    removeEventListener("dragover", keep)
    removeEventListener("drop", keep)
  }
}
