import { type AnnouncedPut, announcePut, isPutWatched } from "../events/announce-put.js"
import type { IncomingUpdate, ParkedUpdate } from "./update-queue.js"

/**
 * Parks an update, and tells of its put where anyone listens. What is thrown is the rejection of the put.
 *
 * @param park parks, and notes what it finds out
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
