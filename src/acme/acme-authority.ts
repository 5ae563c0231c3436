import { errorText } from "../ground/error-text.js"
import type { Client } from "acme-client"
import { nodeCrypto } from "../ground/node-crypto.js"
import { SounderError } from "../telegram/errors.js"
import type { AcmeAccount, AcmeFolder } from "./acme-folder.js"
import type { AcmeSettings } from "./acme-options.js"
import { AcmeRefusal } from "./acme-problem.js"
import type { AcmeTransport } from "./acme-transport.js"

type AcmeClientPackage = { Client: typeof Client }

/** The parts of a client that its types leave out. */
interface ClientParts {
  http: {
    request: AcmeTransport["request"]
    getMetaField(name: string): Promise<unknown>
  }
}

/** A client with an account at an authority: the one of the folder, or a new one. */
export async function openAuthority(
  settings: AcmeSettings,
  folder: AcmeFolder,
  transport: AcmeTransport,
): Promise<Client> {
  const kept = await folder.readAccount()
  if (kept?.url !== undefined) {
    const client = await clientOf(settings, kept, transport)
    if (await isKnown(client, settings, kept)) return client
  }
  return newAccount(settings, folder, transport, kept?.key ?? newKey())
}

/** Whether the authority still knows the account: one for trials may forget. */
async function isKnown(
  client: Client,
  { email }: AcmeSettings,
  kept: AcmeAccount,
): Promise<boolean> {
  try {
    await client.updateAccount(email === kept.email ? {} : { contact: contactOf(email) })
    return true
  } catch (error) {
    if (error instanceof AcmeRefusal && error.kind === "accountDoesNotExist") return false
    throw error
  }
}

/** The key is kept first, so that a crash leaves no account that nobody has the key of. */
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

/** A word of the authority about itself, as its terms of service. */
export function aboutAuthority(client: Client, name: string): Promise<unknown> {
  return partsOf(client).http.getMetaField(name)
}

/** A new private key, P-256, as PEM text. */
function newKey(): string {
  const { privateKey } = nodeCrypto().generateKeyPairSync("ec", { namedCurve: "P-256" })
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString()
}

/** @throws SounderError `acme-client-missing` */
export async function loadAcmeClient(): Promise<AcmeClientPackage> {
  try {
    return await import("acme-client")
  } catch (cause) {
    const isMissing = /Cannot find (package|module)/.test(errorText(cause))
    if (!isMissing) throw cause
    const message =
      "Certificates of an authority need the package acme-client, which is not installed: run `npm install acme-client`"
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
  partsOf(client).http.request = (...exchange) => transport.request(...exchange)
  return client
}

function contactOf(email: string | undefined): string[] {
  return email === undefined ? [] : [`mailto:${email}`]
}

function partsOf(client: Client): ClientParts {
  // Members of acme-client 5.4, the only version that is accepted.
  return client as unknown as ClientParts
}
