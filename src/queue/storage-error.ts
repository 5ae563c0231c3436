import { type ErrorCode, SounderError } from "../telegram/errors.js"

/** The codes of a {@link StorageError}. */
export type StorageErrorCode = Extract<
  ErrorCode,
  | "storage-full"
  | "storage-read-only"
  | "storage-locked"
  | "storage-in-use"
  | "storage-corrupted"
  | "storage-gone"
  | "storage-newer"
  | "storage-outdated"
  | "storage-unavailable"
  | "storage-failed"
  | "sqlite-missing"
  | "pg-missing"
  | "wrong-key"
  | "slot-away"
  | "shards-differ"
>

/**
 * The error of a store that could not carry out an operation; no part of the operation was done. `code`
 * names the reason.
 */
export class StorageError extends SounderError {
  override readonly name = "StorageError"
  /** The reason, as a stable name. */
  declare readonly code: StorageErrorCode

  // oxlint-disable-next-line no-useless-constructor -- the constructor narrows the type of `code`
  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
