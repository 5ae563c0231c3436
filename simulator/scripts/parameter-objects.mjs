/** Reads the objects that bots pass in parameters, with their fields, from the types of `@grammyjs/types`. */
import { readdirSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname } from "node:path"
import { parseSync } from "oxc-parser"
import { declarations } from "./generate-parameters.mjs"

/** Returns the interfaces and aliases of the package by their names, as in `ReplyParameters`. */
function allDeclarations() {
  const folder = dirname(createRequire(import.meta.url).resolve("@grammyjs/types/package.json"))
  const files = readdirSync(folder).filter((name) => name.endsWith(".d.ts"))
  const found = new Map()
  for (const name of files) collect(parseSync(name, declarations(name)).program.body, "", found)
  return found
}

function collect(statements, namespace, found) {
  for (const statement of statements) {
    const node = statement.declaration ?? statement
    if (node.type === "TSModuleDeclaration") {
      collect(node.body.body, `${namespace}${node.id.name}.`, found)
    } else if (node.type === "TSInterfaceDeclaration" || node.type === "TSTypeAliasDeclaration") {
      found.set(namespace + node.id.name, node)
    }
  }
}

/** Returns the names of the types that a type mentions, its own fields included. */
function mentioned(node, names = new Set()) {
  if (Array.isArray(node)) for (const each of node) mentioned(each, names)
  else if (typeof node === "object" && node !== null) {
    if (node.type === "TSTypeReference") names.add(nameOf(node.typeName))
    for (const each of Object.values(node)) mentioned(each, names)
  }
  return names
}

function nameOf(name) {
  return name.type === "TSQualifiedName" ? `${nameOf(name.left)}.${name.right.name}` : name.name
}

/** Returns the members of an interface, inherited ones included. */
function membersOf(node, all) {
  const parents = (node.extends ?? []).map(({ expression }) => all.get(parentName(expression)))
  const inherited = parents.filter(Boolean).flatMap((parent) => membersOf(parent, all))
  const own = node.body?.body ?? node.members ?? []
  return [...inherited, ...own.filter(({ key }) => key?.name !== undefined)]
}

function parentName(expression) {
  if (expression.type !== "MemberExpression") return expression.name
  return `${expression.object.name}.${expression.property.name}`
}

/**
 * Returns the interfaces that the parameters of methods contain at any depth, each with its fields.
 *
 * @param isSkipped whether a parameter of a method, or a field of an interface, is left out
 */
export function parameterObjects(isSkipped = () => false) {
  const all = allDeclarations()
  const objects = new Map()
  const visitMembers = (owner, node) => {
    for (const { key, typeAnnotation } of membersOf(node, all)) {
      if (isSkipped(owner, key.name)) continue
      for (const name of mentioned(typeAnnotation)) visit(name)
    }
  }
  const seen = new Set()
  const visit = (name) => {
    const node = all.get(name)
    if (node === undefined || seen.has(name)) return
    seen.add(name)
    if (node.type === "TSTypeAliasDeclaration") {
      for (const next of mentioned(node.typeAnnotation)) visit(next)
      return
    }
    objects.set(
      name,
      membersOf(node, all).map(({ key }) => key.name),
    )
    visitMembers(name, node)
  }
  for (const method of all.get("ApiMethods").typeAnnotation.members) {
    const parameters = method.params?.[0]?.typeAnnotation.typeAnnotation
    if (parameters !== undefined) visitMembers(method.key.name, parameters)
  }
  return objects
}
