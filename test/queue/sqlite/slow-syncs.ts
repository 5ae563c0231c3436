import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"

/** Delays each sync of a file by `ms`, as on a slow disk, until it is disposed of. */
export function slowSyncs(ms: number): Disposable {
  const { fdatasync } = fs
  const slow = (file: number, callback: fs.NoParamCallback) =>
    void setTimeout(() => fdatasync(file, callback), ms)
  replace(Object.assign(slow, { __promisify__: fdatasync.__promisify__ }))
  return { [Symbol.dispose]: () => replace(fdatasync) }
}

function replace(fdatasync: typeof fs.fdatasync): void {
  fs.fdatasync = fdatasync
  syncBuiltinESMExports()
}
