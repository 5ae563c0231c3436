import { makeFolder } from "../ground/make-folder.js"
import { ownValue } from "../ground/own-value.js"
import { errorCode } from "../ground/error-text.js"
import { open, readFile, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import type { CertificateAndKey } from "../certificate/index.js"
import { SounderError } from "../telegram/errors.js"
import type { AcmeSettings } from "./acme-options.js"

/** The causes of a failure by the system's error code, each with its fix. */
const folderFailures: Readonly<Record<string, string>> = {
  EACCES:
    "this process may not read and write it (EACCES). Give its user the permission, or choose another folder",
  EPERM:
    "this process may not write to it (EPERM). Give its user the permission, or choose another folder",
  EROFS:
    "the file system is read-only (EROFS). Mount a writable folder that outlives the container",
  ENOTDIR: "a part of its path is a file (ENOTDIR). Choose another folder",
  EEXIST: "a file has this name (EEXIST). Choose another folder",
  ENOSPC: "the disk is full (ENOSPC). Free some space",
  EISDIR: "it contains a folder in place of a file (EISDIR). Remove that folder",
}

/** An account at an ACME authority. */
export interface AcmeAccount {
  /** The URL that identifies the account; absent until the authority has created the account. */
  readonly url?: string
  /** The e-mail address to which the authority writes. */
  readonly email?: string | undefined
  /** The private key of the account, as PEM text. */
  readonly key: string
}

/**
 * The folder with the account and the certificates of one authority, readable only by the user of this
 * process. The account is in `account.json`; each certificate is in `HOST.pem` together with its key, as
 * haproxy needs it. Files are replaced atomically, so that no reader sees a partial file.
 */
export class AcmeFolder {
  /** The path of the authority's folder, which is in the folder of the options. */
  readonly path: string
  /** The first host: the name of the certificate's file. */
  readonly #name: string

  constructor({ folder, directory, hosts }: Pick<AcmeSettings, "folder" | "directory" | "hosts">) {
    const authority = `${directory.host}${directory.pathname}`.replaceAll(/[^A-Za-z0-9.-]+/g, "-")
    this.path = join(folder, authority)
    this.#name = hosts[0] ?? ""
  }

  /** The path of the file with the certificate and its key. */
  get certificatePath(): string {
    return join(this.path, `${this.#name}.pem`)
  }

  /** Resolves with the stored account; with `undefined` if there is none. */
  async readAccount(): Promise<AcmeAccount | undefined> {
    const text = await this.#read(join(this.path, "account.json"))
    // The file was written by `writeAccount`.
    return text === undefined ? undefined : (JSON.parse(text) as AcmeAccount)
  }

  /** Stores an account. */
  async writeAccount(account: AcmeAccount): Promise<void> {
    await this.#write(join(this.path, "account.json"), `${JSON.stringify(account, null, 2)}\n`)
  }

  /** Resolves with the stored certificate; with `undefined` if there is none. */
  async readCertificate(): Promise<CertificateAndKey | undefined> {
    const text = await this.#read(this.certificatePath)
    const key = text && /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]+-----\n?/.exec(text)
    return key ? { key: key[0], cert: text.replace(key[0], "") } : undefined
  }

  /** Stores a certificate in place of the old one. */
  async writeCertificate({ cert, key }: CertificateAndKey): Promise<void> {
    await this.#write(this.certificatePath, `${cert.trimEnd()}\n${key.trimEnd()}\n`)
  }

  /** Creates the folder if it does not exist. */
  async make(): Promise<void> {
    await this.explainFailure(() => makeFolder(this.path, { mode: 0o700 }))
  }

  /**
   * Runs `work`, which uses files of the folder. If the system refuses access, rejects with `acme-failed`
   * and a message about the folder; other errors stay as they are.
   */
  async explainFailure<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      const reason = ownValue(folderFailures, errorCode(cause))
      if (reason === undefined) throw cause
      const message = `Cannot use the folder ${this.path} of the \`acme\` option: ${reason}`
      throw new SounderError("acme-failed", message, { cause })
    }
  }

  async #read(path: string): Promise<string | undefined> {
    try {
      return await this.explainFailure(() => readFile(path, "utf8"))
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined
      throw error
    }
  }

  async #write(path: string, text: string): Promise<void> {
    await this.explainFailure(() => this.#replace(path, text))
  }

  async #replace(path: string, text: string): Promise<void> {
    await makeFolder(this.path, { mode: 0o700 })
    const temporaryPath = `${path}.${process.pid}.new`
    await rm(temporaryPath, { force: true })
    const file = await open(temporaryPath, "wx", 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporaryPath, path)
  }
}
