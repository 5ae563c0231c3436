/** The number of handles of each kind that keep this process alive. */
export type OpenHandles = ReadonlyMap<string, number>

/** The kinds that a test can leave open, in words. Other kinds belong to Node or vitest. */
const kinds: ReadonlyMap<string, string> = new Map([
  ["TCPServerWrap", "TCP server"],
  ["TCPSocketWrap", "TCP connection"],
  ["TLSWrap", "TLS connection"],
  ["PipeWrap", "unix socket or pipe"],
  ["ProcessWrap", "child process"],
  ["FSEventWrap", "file watcher"],
  ["StatWatcher", "file watcher"],
  ["UDPWrap", "UDP socket"],
  ["Timeout", "timer"],
])

/** Returns the open handles. */
export function openHandles(): OpenHandles {
  const counts = new Map<string, number>()
  for (const resource of process.getActiveResourcesInfo()) {
    const kind = kinds.get(resource)
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/**
 * Returns the handles opened since `before`, as `2 × TCP server`. Waits up to `graceMs` for them to
 * close.
 */
export async function leftOpen(before: OpenHandles, graceMs: number): Promise<string[]> {
  const giveUpAt = performance.now() + graceMs
  let left = difference(before)
  while (left.length > 0 && performance.now() < giveUpAt) {
    await new Promise((resolve) => void setTimeout(resolve, 10).unref())
    left = difference(before)
  }
  return left
}

function difference(before: OpenHandles): string[] {
  return [...openHandles()]
    .map(([kind, count]) => ({ kind, more: count - (before.get(kind) ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ kind, more }) => `${more} × ${kind}`)
}
