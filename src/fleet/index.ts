/** Runs any number of bots together. */
export { Fleet } from "./fleet.js"
export type * from "./fleet-options.js"
