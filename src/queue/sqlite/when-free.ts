import { expectDurationMs } from "../../ground/expect-option.js"
import { sleep } from "../../ground/sleep.js"
import { StorageError } from "../storage-error.js"

/** The time between two attempts to open a file that is in use, in milliseconds. */
const openEveryMs = 25

/**
 * Opens a file as soon as no other process uses it. Rejects with the last error of `open` after
 * `waitMs`, and at once with any error but `storage-in-use`.
 *
 * @param open opens the file; throws a {@link StorageError} `storage-in-use` while another process uses
 *   it
 * @param waitMs the longest time to wait, in milliseconds. Default: 60,000.
 */
export async function whenFree<Opened>(open: () => Opened, waitMs = 60_000): Promise<Opened> {
  const until = performance.now() + expectDurationMs("waitMs", waitMs)
  for (;;) {
    try {
      return open()
    } catch (error) {
      const isUsed = error instanceof StorageError && error.code === "storage-in-use"
      if (!isUsed || performance.now() >= until) throw error
    }
    await sleep(openEveryMs)
  }
}
