import { type AnnouncedPut, announcePut, isPutWatched } from "../events/announce-put.js"
import type { IncomingUpdate, ParkedUpdate } from "./update-queue.js"

/**
 * Parks an update and announces the put on its diagnostics channel if the channel has a subscriber. An
 * error that `park` throws becomes the rejection of the put.
 *
 * @param park parks the update; sets `isRepeated` of the announcement if the queue already knows the
 *   update
 */
export function parkAnnounced(
  incoming: IncomingUpdate,
  park: (announced?: AnnouncedPut) => ParkedUpdate,
): ParkedUpdate {
  let unpark = () => {}
  const put = (announced?: AnnouncedPut): Promise<void> => {
    try {
      const parked = park(announced)
      unpark = () => parked.unpark()
      return parked.put
    } catch (error) {
      return Promise.reject(error)
    }
  }
  const settled = isPutWatched() ? announcePut(incoming, put) : put()
  return { put: settled, unpark: () => unpark() }
}
