import { type ErrorCode, SounderError } from "../telegram/errors.js"

/** The stable names of what a store can fail with. */
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
>

/** A store could not do what it was asked for, and nothing of it was done. `code` says why. */
export class StorageError extends SounderError {
  override readonly name = "StorageError"
  /** The stable name of what went wrong. */
  declare readonly code: StorageErrorCode

  // oxlint-disable-next-line no-useless-constructor -- it narrows the codes
  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
