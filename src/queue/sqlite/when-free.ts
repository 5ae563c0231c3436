import { expectDurationMs } from "../../ground/expect-option.js"
import { sleep } from "../../ground/sleep.js"
import { StorageError } from "../storage-error.js"

/** How often it is tried to open a file that is in use, in milliseconds. */
const openEveryMs = 25

/**
 * Opens a file as soon as no other process uses it.
 *
 * @param open throws a {@link StorageError} `storage-in-use` while another does
 * @param waitMs how long to wait, in milliseconds
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
