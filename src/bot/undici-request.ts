/**
 * The part of undici for answers that are read as streams, loaded with the first download.
 *
 * @module
 */
export { default as requestWith } from "undici/lib/api/api-request.js"
