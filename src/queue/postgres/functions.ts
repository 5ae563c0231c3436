import { administrationFunctions } from "./administration-functions.js"
import { earlyFunctions } from "./early-functions.js"
import { eraFunction } from "./era-function.js"
import { holdersFunction } from "./held-lanes.js"
import { idFunctions } from "./id-tables.js"
import { leaseFunctions } from "./lease-functions.js"
import { ownFunctions } from "./own-functions.js"
import { putFunction } from "./put-function.js"
import { stateFunctions } from "./state-functions.js"
import { workFunction } from "./work-function.js"

/** The names of all functions of this version and of older ones. */
const names = [
  ...["put", "park", "unpark", "unpark_late", "random_listener", "holders_of", "is_watched"],
  ...["work", "replay", "drop_set_aside"],
  ...["keys_of", "known", "remember", "highest_id", "rotate", "begin_era"],
  ...["release", "leave", "take_over", "join_workers", "renew_lease", "rejoin", "shorten_waits"],
  ...["write_state", "read_state", "sweep_state", "put_now", "put_own", "put_due"],
  // Only older versions have these functions.
  ...["put_early", "come", "come_late", "listener", "drop_kept", "prune", "beat", "settle_rests"],
]

/** The SQL that drops the functions of an older version, which may have other parameters. */
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
 * The functions of a queue in the database. `@schema` stands for the name of the queue's schema. Each
 * operation is one call of a function and hence one transaction: when a worker freezes or its
 * connection is lost, no operation stays half done and no lock stays held.
 *
 * A function has several statements, because at `read committed` each statement sees all transactions
 * that were committed before it began. The first statement locks the lanes, always in the order of
 * their keys, so that no two transactions deadlock. Later statements read the lanes' contents. Updates
 * get their places under the lock of their lane, so that the updates of a lane become visible in the
 * order of their places.
 */
export const functions =
  dropped +
  idFunctions +
  eraFunction +
  earlyFunctions +
  holdersFunction +
  putFunction +
  ownFunctions +
  stateFunctions +
  workFunction +
  leaseFunctions +
  administrationFunctions
