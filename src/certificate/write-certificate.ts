import { lstat, mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { SounderError } from "../telegram/errors.js"
import {
  type CertificateAndKey,
  createCertificate,
  type CreateCertificateOptions,
} from "./create-certificate.js"
import { expectHost } from "./host.js"

/** The options of {@link writeCertificate}. */
export interface WriteCertificateOptions extends CreateCertificateOptions {
  /** The folder of the files, created if it does not exist. Default: the current folder. */
  readonly folder?: string
  /** True to replace existing files. Default: false. */
  readonly force?: boolean
}

/** The paths of the files of {@link writeCertificate}. */
export interface CertificateFiles {
  /** The path of the private key, which only the current user may read. */
  readonly key: string
  /** The path of the certificate. */
  readonly cert: string
  /**
   * The path of a file with certificate and key, in this order, as haproxy needs it. The file has the
   * name of the first host, as in `bot.example.com.pem`. Only the current user may read it.
   */
  readonly pem: string
}

/**
 * Creates a certificate with {@link createCertificate} and writes three files: `private.key`,
 * `cert.pem`, and `HOST.pem` with both. Resolves with their paths.
 *
 * @throws SounderError `file-exists` if one of the files exists and `force` is not true; no file is
 *   then written
 */
export async function writeCertificate(
  hosts: string | readonly string[],
  options: WriteCertificateOptions = {},
): Promise<CertificateFiles> {
  const { folder = ".", force = false, ...createOptions } = options
  const certificate = await createCertificate(hosts, createOptions)
  const files = {
    key: join(folder, "private.key"),
    cert: join(folder, "cert.pem"),
    pem: join(folder, pemName(hosts)),
  }
  if (!force) await expectAbsent(Object.values(files))
  await mkdir(folder, { recursive: true })
  await writeAll(files, certificate, force)
  return files
}

function pemName(hosts: string | readonly string[]): string {
  const first = expectHost("hosts", typeof hosts === "string" ? hosts : hosts[0])
  return `${first.replace(/^\*/, "wildcard")}.pem`
}

async function expectAbsent(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const exists = await lstat(path).then(
      () => true,
      () => false,
    )
    if (exists) throw fileExists(path)
  }
}

/**
 * Writes all files. If one cannot be written, removes the others again, so that no new key lies next to an
 * old certificate. With `force`, the old files are removed first.
 */
async function writeAll(
  files: CertificateFiles,
  { key, cert }: CertificateAndKey,
  force: boolean,
): Promise<void> {
  const paths = Object.values(files) as string[] // the members of CertificateFiles are paths
  if (force) await Promise.all(paths.map((path) => rm(path, { force: true })))
  const written: string[] = []
  const write = async (path: string, text: string, mode: number) => {
    await writeFile(path, text, { mode, flag: "wx" })
    written.push(path)
  }
  try {
    await write(files.key, key, 0o600)
    await write(files.cert, cert, 0o666)
    await write(files.pem, cert + key, 0o600)
  } catch (error) {
    await Promise.all(written.map((path) => rm(path, { force: true })))
    throw error
  }
}

function fileExists(path: string): SounderError {
  return new SounderError(
    "file-exists",
    `${path} already exists, and no file was written. Choose another folder (--out), or replace the ` +
      "file (--force)",
  )
}
