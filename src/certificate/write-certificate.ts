import { lstat, mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { SounderError } from "../telegram/errors.js"
import {
  type CertificateAndKey,
  createCertificate,
  type CreateCertificateOptions,
} from "./create-certificate.js"

/** What {@link writeCertificate} can be told. */
export interface WriteCertificateOptions extends CreateCertificateOptions {
  /** The folder, made if it is not there; the current one by default. */
  readonly folder?: string
  /** Whether files that are there are replaced; `false` by default. */
  readonly force?: boolean
}

/** The files that {@link writeCertificate} has written. */
export interface CertificateFiles {
  /** The path of the private key, which only this user may read. */
  readonly key: string
  /** The path of the certificate. */
  readonly cert: string
}

/**
 * Makes a certificate like {@link createCertificate} and writes it to `private.key` and `cert.pem`.
 *
 * @throws SounderError `file-exists` when one of them is there and `force` is not given; then
 *   neither is written
 */
export async function writeCertificate(
  hosts: string | readonly string[],
  options: WriteCertificateOptions = {},
): Promise<CertificateFiles> {
  const { folder = ".", force = false, ...creation } = options
  const files = { key: join(folder, "private.key"), cert: join(folder, "cert.pem") }
  const made = await createCertificate(hosts, creation)
  if (!force) await expectNone(Object.values(files))
  await mkdir(folder, { recursive: true })
  await writeBoth(files, made, force)
  return files
}

async function expectNone(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const isThere = await lstat(path).then(
      () => true,
      () => false,
    )
    if (isThere) throw fileExists(path)
  }
}

/** Never leaves a new key beside an old certificate: what was made is removed again. */
async function writeBoth(
  files: CertificateFiles,
  made: CertificateAndKey,
  force: boolean,
): Promise<void> {
  if (force) await Promise.all([files.key, files.cert].map((path) => rm(path, { force: true })))
  await writeFile(files.key, made.key, { mode: 0o600, flag: "wx" })
  try {
    await writeFile(files.cert, made.cert, { flag: "wx" })
  } catch (error) {
    await rm(files.key, { force: true })
    throw error
  }
}

function fileExists(path: string): SounderError {
  return new SounderError(
    "file-exists",
    `${path} is there already, and nothing was written. Write to another folder (--out), or have ` +
      "it replaced (--force)",
  )
}
