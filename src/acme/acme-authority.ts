import { errorText } from "../ground/error-text.js"
import type { Client } from "acme-client"
import { nodeCrypto } from "../ground/node-modules.js"
import { SounderError } from "../telegram/errors.js"
import type { AcmeAccount, AcmeFolder } from "./acme-folder.js"
import type { AcmeSettings } from "./acme-options.js"
import { AcmeRefusal } from "./acme-problem.js"
import type { AcmeTransport } from "./acme-transport.js"

type AcmeClientPackage = { Client: typeof Client }

/** The members of acme-client's `Client` that its types omit. */
interface PrivateMembers {
  http: {
    request: AcmeTransport["request"]
    getMetaField(name: string): Promise<unknown>
  }
}

/** Resolves with a client that has an account: the folder's account, or a new one. */
export async function openAuthority(
  settings: AcmeSettings,
  folder: AcmeFolder,
  transport: AcmeTransport,
): Promise<Client> {
  const stored = await folder.readAccount()
  if (stored?.url !== undefined) {
    const client = await clientOf(settings, stored, transport)
    if (await accountExists(client, settings, stored)) return client
  }
  return newAccount(settings, folder, transport, stored?.key ?? newKey())
}

/**
 * Resolves with false if the authority no longer has the account: staging authorities sometimes delete
 * accounts. Sends the authority the e-mail address if it has changed.
 */
async function accountExists(
  client: Client,
  { email }: AcmeSettings,
  stored: AcmeAccount,
): Promise<boolean> {
  try {
    await client.updateAccount(email === stored.email ? {} : { contact: contactOf(email) })
    return true
  } catch (error) {
    if (error instanceof AcmeRefusal && error.kind === "accountDoesNotExist") return false
    throw error
  }
}

/** Creates an account. The key is stored first, so that a crash leaves no account without its key. */
async function newAccount(
  settings: AcmeSettings,
  folder: AcmeFolder,
  transport: AcmeTransport,
  key: string,
): Promise<Client> {
  const { email } = settings
  await folder.writeAccount({ key })
  const client = await clientOf(settings, { key }, transport)
  await client.createAccount({
    termsOfServiceAgreed: true,
    ...(email !== undefined && { contact: contactOf(email) }),
  })
  await folder.writeAccount({ url: client.getAccountUrl(), email, key })
  return client
}

/** Resolves with a field of the directory's metadata, such as `profiles`. */
export function directoryField(client: Client, name: string): Promise<unknown> {
  return privateMembersOf(client).http.getMetaField(name)
}

/** Returns a new private key (P-256) as PEM text. */
function newKey(): string {
  const { privateKey } = nodeCrypto().generateKeyPairSync("ec", { namedCurve: "P-256" })
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString()
}

/**
 * Loads the package acme-client, which is an optional dependency. Rejects with `acme-client-missing` if
 * the package is not installed.
 */
export async function loadAcmeClient(): Promise<AcmeClientPackage> {
  try {
    return await import("acme-client")
  } catch (cause) {
    const isMissing = /Cannot find (package|module)/.test(errorText(cause))
    if (!isMissing) throw cause
    const message =
      "ACME certificates need the package acme-client, which is not installed: run `npm install acme-client`"
    throw new SounderError("acme-client-missing", message, { cause })
  }
}

async function clientOf(
  { directory, externalAccount }: AcmeSettings,
  { key, url: accountUrl }: AcmeAccount,
  transport: AcmeTransport,
): Promise<Client> {
  const acme = await loadAcmeClient()
  const client = new acme.Client({
    directoryUrl: directory.href,
    accountKey: key,
    ...(accountUrl !== undefined && { accountUrl }),
    ...(externalAccount && {
      externalAccountBinding: { kid: externalAccount.keyId, hmacKey: externalAccount.hmacKey },
    }),
  })
  // Replaces the HTTP transport of acme-client.
  privateMembersOf(client).http.request = (...exchange) => transport.request(...exchange)
  return client
}

function contactOf(email: string | undefined): string[] {
  return email === undefined ? [] : [`mailto:${email}`]
}

function privateMembersOf(client: Client): PrivateMembers {
  // These are members of acme-client 5.4, the only version that package.json permits.
  return client as unknown as PrivateMembers
}
