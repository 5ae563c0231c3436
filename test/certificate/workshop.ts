import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import type { Pair } from "./openssl.js"

const run = promisify(execFile)

/** The key types of a workshop, each with its arguments. */
const keyArguments = {
  rsa: ["RSA", "rsa_keygen_bits:2048"],
  rsa1024: ["RSA", "rsa_keygen_bits:1024"],
  rsa512: ["RSA", "rsa_keygen_bits:512"],
  rsa4096: ["RSA", "rsa_keygen_bits:4096"],
  pss: ["RSA-PSS", "rsa_keygen_bits:2048"],
  p256: ["EC", "ec_paramgen_curve:P-256"],
  p384: ["EC", "ec_paramgen_curve:P-384"],
  p521: ["EC", "ec_paramgen_curve:P-521"],
  p224: ["EC", "ec_paramgen_curve:P-224"],
  secp256k1: ["EC", "ec_paramgen_curve:secp256k1"],
  brainpool: ["EC", "ec_paramgen_curve:brainpoolP256r1"],
  ed25519: ["ED25519"],
  ed448: ["ED448"],
} as const

/** A key type. */
export type KeyKind = keyof typeof keyArguments

/** The properties of a certificate of a workshop. */
export interface Order {
  /** As in `/O=Org/CN=bot.example.com`. */
  readonly subject: string
  /** Lines of an OpenSSL configuration: `subjectAltName=DNS:bot.example.com`. */
  readonly extensions?: readonly string[]
  /** Default: P-256. */
  readonly key?: KeyKind
  /** A number that distinguishes keys of one type. Default: 0. */
  readonly keyNumber?: number
  /** The issuer. Default: self-signed. */
  readonly issuer?: Made
  readonly digest?: string
  /**
   * The beginning and the end of the validity, in minutes from now. Default: an hour ago, and in 30
   * days.
   */
  readonly from?: number
  readonly to?: number
}

/** A certificate of a workshop. */
export interface Made extends Pair {
  readonly keyFile: string
}

const configuration = `[ca]
default_ca = d
[d]
new_certs_dir = .
default_md = sha256
policy = p
unique_subject = no
email_in_dn = yes
[p]
organizationName = optional
commonName = optional
[req]
distinguished_name = n
[n]
`

/** A maker of certificates of any kind, by the command `openssl`. */
export class Workshop implements AsyncDisposable {
  readonly #folder: string
  #count = 0
  readonly #keys = new Map<string, Promise<string>>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Opens a workshop in a folder of its own. */
  static async open(): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), "sounder-workshop-"))
    await writeFile(join(folder, "openssl.cnf"), configuration)
    return new Workshop(folder)
  }

  /** Makes a certificate. */
  async make(order: Order): Promise<Made> {
    const { subject, extensions = [], issuer, digest = "sha256", from = -60, to = 43_200 } = order
    const keyFile = await this.#key(order.key ?? "p256", order.keyNumber ?? 0)
    const own = `c${(this.#count += 1)}`
    await writeFile(this.#at(`${own}.txt`), "")
    await writeFile(this.#at(`${own}.ext`), extensions.join("\n"))
    if (issuer) await writeFile(this.#at(`${own}.ca`), issuer.cert)
    await this.#openssl("req", "-new", "-key", keyFile, "-subj", subject, "-out", `${own}.csr`)
    await writeFile(this.#at(`${own}.srl`), `${1000 + this.#count}\n`)
    const database = configuration.replace("[d]", `[d]\ndatabase = ${own}.txt\nserial = ${own}.srl`)
    await writeFile(this.#at(`${own}.cnf`), database)
    await this.#openssl(
      ...["ca", "-batch", "-notext", "-preserveDN", "-config", `${own}.cnf`],
      ...[
        "-in",
        `${own}.csr`,
        "-out",
        `${own}.pem`,
        ...(isEdwards(issuer, order) ? [] : ["-md", digest]),
      ],
      ...(issuer
        ? ["-cert", `${own}.ca`, "-keyfile", issuer.keyFile]
        : ["-selfsign", "-keyfile", keyFile]),
      ...(extensions.length > 0 ? ["-extfile", `${own}.ext`] : []),
      ...["-startdate", stamp(from), "-enddate", stamp(to)],
    )
    return { cert: await this.#read(`${own}.pem`), key: await this.#read(keyFile), keyFile }
  }

  /** Returns a certificate request for a key of this workshop. */
  async request(subject: string): Promise<string> {
    const key = await this.#key("p256", 0)
    await this.#openssl("req", "-new", "-key", key, "-subj", subject, "-out", "request.pem")
    return this.#read("request.pem")
  }

  /** Returns the file that `openssl` writes for the given certificate and key files. */
  async convert(files: Readonly<Record<string, string>>, ...args: string[]): Promise<Buffer> {
    for (const [name, text] of Object.entries(files)) await writeFile(this.#at(name), text)
    await this.#openssl(...args, "-out", "converted")
    return readFile(this.#at("converted"))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true })
  }

  #key(kind: KeyKind, number: number): Promise<string> {
    const name = `${kind}-${number}.key`
    const [algorithm, option] = keyArguments[kind]
    const made = this.#keys.get(name) ?? this.#newKey(name, algorithm, option)
    this.#keys.set(name, made)
    return made
  }

  async #newKey(name: string, algorithm: string, option?: string): Promise<string> {
    const options = option === undefined ? [] : ["-pkeyopt", option]
    await this.#openssl("genpkey", "-algorithm", algorithm, ...options, "-out", name)
    return name
  }

  async #openssl(...args: string[]): Promise<void> {
    const env = { ...process.env, OPENSSL_CONF: this.#at("openssl.cnf") }
    await run("openssl", args, { cwd: this.#folder, env })
  }

  #read(name: string): Promise<string> {
    return readFile(this.#at(name), "utf8")
  }

  #at(name: string): string {
    return join(this.#folder, name)
  }
}

/** Returns true for key types with a built-in digest. */
function isEdwards(issuer: Made | undefined, { key }: Order): boolean {
  return (issuer ? issuer.keyFile : (key ?? "")).startsWith("ed")
}

function stamp(minutes: number): string {
  const date = new Date(Date.now() + minutes * 60_000)
  return `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`
}
