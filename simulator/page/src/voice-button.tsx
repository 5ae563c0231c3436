import { useEffect, useRef, useState } from "preact/hooks"
import { IconButton } from "./icon-button.js"
import { store } from "./page-store.js"
import { sendVoice } from "./send-files.js"
import type { WritingPlace } from "./writing-place.js"

/** A button that records a voice message; the second press sends it. */
export function VoiceButton({ place }: { readonly place: WritingPlace }) {
  const [isRecording, setRecording] = useState(false)
  const recorder = useRef<MediaRecorder | undefined>(undefined)
  useEffect(() => () => stop(recorder.current, false), [])
  const pressed = async () => {
    if (isRecording) return stop(recorder.current, true)
    const recording = await record((voice) => void sendVoice(place, voice))
    recording?.addEventListener("stop", () => setRecording(false))
    recorder.current = recording
    setRecording(recording !== undefined)
  }
  const label = isRecording ? "Send the voice message" : "Record a voice message"
  return (
    <IconButton icon="voice" label={label} pressed={isRecording} onClick={() => void pressed()} />
  )
}

/** Recordings to discard, because their chat was closed. */
const dropped = new WeakSet<MediaRecorder>()

function stop(recorder: MediaRecorder | undefined, isWanted: boolean): void {
  if (recorder === undefined || recorder.state === "inactive") return
  if (!isWanted) dropped.add(recorder)
  recorder.stop()
}

async function record(send: (voice: Blob) => void): Promise<MediaRecorder | undefined> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    const recorder = new MediaRecorder(stream)
    const pieces: Blob[] = []
    recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data))
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop()
      const type = recorder.mimeType.split(";")[0] ?? "audio/webm"
      if (!dropped.has(recorder)) send(new Blob(pieces, { type }))
    })
    recorder.start()
    return recorder
  } catch {
    store.notice({
      kind: "error",
      text: "The browser does not allow this page to use a microphone",
    })
    return undefined
  }
}
