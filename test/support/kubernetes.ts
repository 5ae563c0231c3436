import { createRequire } from "node:module"
import { parseAllDocuments } from "yaml"

const load = createRequire(import.meta.url)

/** An object that Kubernetes is asked for. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
}

/** Returns the manifests of a YAML text. Throws if the text is no YAML. */
export function manifestsOf(text: string): Manifest[] {
  const documents = parseAllDocuments(text, { strict: true })
  if (!Array.isArray(documents)) throw new Error("There is no document")
  const [error] = documents.flatMap(({ errors }) => errors)
  if (error) throw error
  return documents.map((document) => document.toJS() as Manifest)
}

/** Throws if a manifest is not valid by the schemas that Kubernetes publishes, of which the models are made. */
export function validateManifest(manifest: Manifest): void {
  const { apiVersion, kind } = manifest
  const models = load(`kubernetes-models/${apiVersion}`) as Record<
    string,
    new (data: Manifest) => { validate(): void }
  >
  const Model = models[kind]
  if (!Model) throw new Error(`There is no ${kind} in ${apiVersion}`)
  new Model(manifest).validate()
}
