import { expectOptionsObject, type OptionNames } from "../ground/expect-option.js"
import { lstat, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { makeFolder } from "../ground/make-folder.js"
import { SounderError } from "../telegram/errors.js"
import {
  type CertificateAndKey,
  createCertificate,
  createCertificateNames,
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

const optionNames: OptionNames<WriteCertificateOptions> = {
  ...createCertificateNames,
  folder: true,
  force: true,
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
  expectOptionsObject(options, "writeCertificate(hosts, { folder })", optionNames)
  const { folder = ".", force = false, ...createOptions } = options
  const certificate = await createCertificate(hosts, createOptions)
  const files = {
    key: join(folder, "private.key"),
    cert: join(folder, "cert.pem"),
    pem: join(folder, pemName(hosts)),
  }
  if (!force) await expectAbsent(Object.values(files))
  await makeFolder(folder)
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
 * Writes all files under temporary names, and then renames them, so that a failure while writing changes no
 * file. Without `force`, a file that has appeared since the check is not replaced.
 */
async function writeAll(
  files: CertificateFiles,
  { key, cert }: CertificateAndKey,
  force: boolean,
): Promise<void> {
  const contents = [
    { path: files.key, text: key, mode: 0o600 },
    { path: files.cert, text: cert, mode: 0o666 },
    { path: files.pem, text: cert + key, mode: 0o600 },
  ]
  const suffix = `.${crypto.randomUUID()}.new`
  try {
    for (const { path, text, mode } of contents) {
      await writeFile(path + suffix, text, { mode, flag: "wx" })
    }
    if (!force) await expectAbsent(contents.map(({ path }) => path))
    for (const { path } of contents) await expectNoFolder(path)
    for (const { path } of contents) await rename(path + suffix, path)
  } finally {
    await Promise.allSettled(contents.map(({ path }) => rm(path + suffix, { force: true })))
  }
}

async function expectNoFolder(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined)
  if (!stats?.isDirectory()) return
  throw new SounderError("file-exists", `${path} is a folder, and no file was written`)
}

function fileExists(path: string): SounderError {
  return new SounderError(
    "file-exists",
    `${path} already exists, and no file was written. Choose another folder (\`folder\`, --out), or ` +
      "replace the file (`force: true`, --force)",
  )
}
