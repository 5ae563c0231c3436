import { lstat, mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { SounderError } from "../telegram/errors.js"
import {
  type CertificateAndKey,
  createCertificate,
  type CreateCertificateOptions,
} from "./create-certificate.js"
import { expectHost } from "./host.js"

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
  /**
   * The path of a file with both, the certificate first, as proxies want it. It is named for the
   * first host, as in `bot.example.com.pem`, and only this user may read it.
   */
  readonly pem: string
}

/**
 * Makes a certificate like {@link createCertificate} and writes it to `private.key` and `cert.pem`, and
 * both to `HOST.pem`.
 *
 * @throws SounderError `file-exists` when one of them is there and `force` is not given; then none
 *   is written
 */
export async function writeCertificate(
  hosts: string | readonly string[],
  options: WriteCertificateOptions = {},
): Promise<CertificateFiles> {
  const { folder = ".", force = false, ...creation } = options
  const made = await createCertificate(hosts, creation)
  const files = {
    key: join(folder, "private.key"),
    cert: join(folder, "cert.pem"),
    pem: join(folder, pemName(hosts)),
  }
  if (!force) await expectNone(Object.values(files))
  await mkdir(folder, { recursive: true })
  await writeAll(files, made, force)
  return files
}

function pemName(hosts: string | readonly string[]): string {
  const first = expectHost("hosts", typeof hosts === "string" ? hosts : hosts[0])
  return `${first.replace(/^\*/, "wildcard")}.pem`
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
    `${path} is there already, and nothing was written. Write to another folder (--out), or have ` +
      "it replaced (--force)",
  )
}
