/**
 * A page on which the operator of a `Fleet` sees its bots, and parks and wakes them.
 *
 * @see docs/guides/admin-page.md
 * @module
 */
export { FleetAdmin } from "./fleet-admin.js"
export type { FleetAdminAddress, FleetAdminOptions } from "./fleet-admin-options.js"
