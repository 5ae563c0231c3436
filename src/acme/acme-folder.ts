import { errorCode } from "../ground/error-text.js"
import { mkdir, open, readFile, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import type { CertificateAndKey } from "../certificate/index.js"
import { SounderError } from "../telegram/errors.js"
import type { AcmeSettings } from "./acme-options.js"

/** What the system says of a folder that cannot be used, and what to do. */
const folderFailures: Readonly<Record<string, string>> = {
  EACCES:
    "this user may not read and write it (EACCES). Give it the right to, or name another folder",
  EPERM: "this user may not write to it (EPERM). Give it the right to, or name another folder",
  EROFS:
    "the file system is read-only (EROFS). Mount a folder that can be written and that outlives the container",
  ENOTDIR: "a part of its path is a file (ENOTDIR). Name another folder",
  EEXIST: "there is a file of that name (EEXIST). Name another folder",
  ENOSPC: "the disk is full (ENOSPC). Make room",
  EISDIR: "there is a folder in the place of a file (EISDIR). Remove that",
}

/** An account at an authority. */
export interface AcmeAccount {
  /** What the authority calls it; absent until it has answered. */
  readonly url?: string
  /** Whom it tells of trouble. */
  readonly email?: string | undefined
  /** Its private key, as PEM text. */
  readonly key: string
}

/**
 * Where an account and certificates are kept: a folder for each authority, which only this user may
 * read, with `account.json`, and key and certificate together in `HOST.pem`, as haproxy wants them.
 * Every file is replaced at once, so that nobody ever reads half of it.
 */
export class AcmeFolder {
  /** The folder of the authority. */
  readonly path: string
  readonly #name: string

  constructor({ folder, directory, hosts }: Pick<AcmeSettings, "folder" | "directory" | "hosts">) {
    const authority = `${directory.host}${directory.pathname}`.replaceAll(/[^A-Za-z0-9.-]+/g, "-")
    this.path = join(folder, authority)
    this.#name = hosts[0] ?? ""
  }

  /** The path of the certificate, with its key. */
  get certificatePath(): string {
    return join(this.path, `${this.#name}.pem`)
  }

  /** The account that was made here; `undefined` where there is none. */
  async readAccount(): Promise<AcmeAccount | undefined> {
    const text = await this.#read(join(this.path, "account.json"))
    // What `writeAccount` has written.
    return text === undefined ? undefined : (JSON.parse(text) as AcmeAccount)
  }

  /** Keeps an account. */
  async writeAccount(account: AcmeAccount): Promise<void> {
    await this.#write(join(this.path, "account.json"), `${JSON.stringify(account, null, 2)}\n`)
  }

  /** The certificate that was got last; `undefined` where there is none. */
  async readCertificate(): Promise<CertificateAndKey | undefined> {
    const text = await this.#read(this.certificatePath)
    const key = text && /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]+-----\n?/.exec(text)
    return key ? { key: key[0], cert: text.replace(key[0], "") } : undefined
  }

  /** Keeps a certificate in place of the one before. */
  async writeCertificate({ cert, key }: CertificateAndKey): Promise<void> {
    await this.#write(this.certificatePath, `${cert.trimEnd()}\n${key.trimEnd()}\n`)
  }

  /** Makes the folder where it is not there. */
  async make(): Promise<void> {
    await this.inFolder(() => mkdir(this.path, { recursive: true, mode: 0o700 }))
  }

  /**
   * Does something with the files of the folder.
   *
   * @throws SounderError `acme-failed` that names the folder, where the system refuses it
   */
  async inFolder<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      const reason = folderFailures[errorCode(cause)]
      if (reason === undefined) throw cause
      const message = `Cannot use the folder ${this.path} of the \`acme\` option: ${reason}`
      throw new SounderError("acme-failed", message, { cause })
    }
  }

  async #read(path: string): Promise<string | undefined> {
    try {
      return await this.inFolder(() => readFile(path, "utf8"))
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined
      throw error
    }
  }

  async #write(path: string, text: string): Promise<void> {
    await this.inFolder(() => this.#replace(path, text))
  }

  async #replace(path: string, text: string): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 })
    const fresh = `${path}.${process.pid}.new`
    await rm(fresh, { force: true })
    const file = await open(fresh, "wx", 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(fresh, path)
  }
}
