import { administrationFunctions } from "./administration-functions.js"
import { earlyFunctions } from "./early-functions.js"
import { idFunctions } from "./id-tables.js"
import { leaseFunctions } from "./lease-functions.js"
import { putFunction } from "./put-function.js"
import { workFunction } from "./work-function.js"

/** All names that functions of a queue have or have had. */
const names = [
  ...["put", "put_early", "come", "come_late", "listener", "work", "replay", "drop_kept", "prune"],
  ...["keys_of", "known", "remember", "highest_id", "rotate"],
  ...["release", "leave", "take_over", "join_workers", "beat", "rejoin", "settle_rests"],
]

/** Removes the functions of an older version, whose parameters may be others. */
const dropped = `
DO $$
DECLARE
  old record;
BEGIN
  FOR old IN SELECT p.oid::regprocedure AS signature FROM pg_proc p
    WHERE p.pronamespace = '@schema'::regnamespace AND p.proname = ANY ('{${names.join(",")}}')
  LOOP
    EXECUTE 'DROP FUNCTION ' || old.signature;
  END LOOP;
END $$;
`

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
export const functions =
  dropped +
  idFunctions +
  earlyFunctions +
  putFunction +
  workFunction +
  leaseFunctions +
  administrationFunctions
