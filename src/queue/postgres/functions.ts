import { administrationFunctions } from "./administration-functions.js"
import { leaseFunctions } from "./lease-functions.js"
import { putFunction } from "./put-function.js"
import { workFunction } from "./work-function.js"

/**
 * What a queue does in the database; `@schema` stands for its schema. Each is one call and hence one
 * transaction: nothing stays half done, and no lock is held, when a worker freezes or its connection
 * is cut.
 *
 * They are functions of several statements because a statement sees what was committed before it
 * began: lanes are locked first, always in the order of their keys, and what is in them is looked at
 * by a later statement. Updates of a lane get their places under its lock, so that they become
 * visible in the order of their places.
 */
export const functions = putFunction + workFunction + leaseFunctions + administrationFunctions
