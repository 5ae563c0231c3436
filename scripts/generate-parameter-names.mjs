/**
 * Writes `src/bot/parameter-names.generated.ts`: the parameters of every method of the Bot API, and the members of the
 * objects in them, from the types of `@grammyjs/types` and `src/telegram/newer.ts`. Run it after an update of that
 * package or a change of that file.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync } from "oxc-parser"

const target = fileURLToPath(new URL("../src/bot/parameter-names.generated.ts", import.meta.url))

/** The generic types of TypeScript that keep the members of their first argument, or lose some. */
const wrappers = new Set(["Array", "Omit", "Partial", "Pick", "ReadonlyArray"])

/** Returns the declarations of all types by their names, as in `InlineKeyboardButton.UrlButton`. */
function readTypes() {
  const folder = dirname(createRequire(import.meta.url).resolve("@grammyjs/types/package.json"))
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => join(folder, name))
  files.push(fileURLToPath(new URL("../src/telegram/newer.ts", import.meta.url)))
  const found = new Map()
  for (const file of files)
    collect(parseSync(file, readFileSync(file, "utf8")).program.body, "", found)
  return found
}

function collect(statements, namespace, found) {
  for (const statement of statements) {
    const node = statement.declaration ?? statement
    if (node.type === "TSModuleDeclaration" && node.id.type === "Identifier") {
      collect(node.body.body, `${namespace}${node.id.name}.`, found)
    } else if (node.type === "TSInterfaceDeclaration" || node.type === "TSTypeAliasDeclaration") {
      found.set(namespace + node.id.name, node)
    }
  }
}

/**
 * Returns the members of a type of objects or of lists of objects, each as its name and its type.
 *
 * @param reader the declared types, and the aliases that are being read: an alias can contain itself
 * @param scope the namespace that contains the type
 */
function membersOf(reader, node, scope = "") {
  switch (node?.type) {
    case "TSTypeReference":
      return membersOfReference(reader, node, scope)
    case "TSUnionType":
    case "TSIntersectionType":
      return node.types.flatMap((each) => membersOf(reader, each, scope))
    case "TSArrayType":
      return membersOf(reader, node.elementType, scope)
    case "TSTypeOperator":
      return node.operator === "readonly" ? membersOf(reader, node.typeAnnotation, scope) : []
    case "TSParenthesizedType":
    case "TSTypeAnnotation":
      return membersOf(reader, node.typeAnnotation, scope)
    case "TSTypeLiteral":
      return fields(node.members, scope)
    default:
      return []
  }
}

function membersOfReference(reader, { typeName, typeArguments }, scope) {
  const name = nameOf(typeName)
  return wrappers.has(name)
    ? membersOf(reader, typeArguments.params[0], scope)
    : membersOfNamed(reader, name, scope)
}

/** Returns the members of a type that is declared in the namespace or outside of all namespaces. */
function membersOfNamed(reader, name, scope) {
  const key = reader.types.has(scope + name) ? scope + name : name
  const declaration = reader.types.get(key)
  if (declaration === undefined) return []
  const inner = key.slice(0, key.lastIndexOf(".") + 1)
  if (declaration.type === "TSTypeAliasDeclaration") {
    return membersOfAlias(reader, declaration, inner)
  }
  const inherited = declaration.extends.flatMap(({ expression, typeArguments }) => {
    const parent = expressionName(expression)
    return wrappers.has(parent)
      ? membersOf(reader, typeArguments.params[0], inner)
      : membersOfNamed(reader, parent, inner)
  })
  return [...inherited, ...fields(declaration.body.body, inner)]
}

function membersOfAlias(reader, declaration, scope) {
  if (reader.open.has(declaration)) return []
  reader.open.add(declaration)
  const members = membersOf(reader, declaration.typeAnnotation, scope)
  reader.open.delete(declaration)
  return members
}

function fields(members, scope) {
  return members
    .filter(({ type }) => type === "TSPropertySignature")
    .map(({ key, typeAnnotation }) => ({ name: key.name, type: typeAnnotation, scope }))
}

function nameOf(name) {
  return name.type === "TSQualifiedName" ? `${nameOf(name.left)}.${name.right.name}` : name.name
}

function expressionName(expression) {
  if (expression.type !== "MemberExpression") return expression.name
  return `${expressionName(expression.object)}.${expression.property.name}`
}

/** Returns the methods by their names, each with the type of its parameters. */
function methodsOf(types) {
  const declared = ["ApiMethods", "NewerMethods"].flatMap(
    (name) => types.get(name).typeAnnotation.members,
  )
  const parameters = new Map(
    declared
      .filter(({ type }) => type === "TSMethodSignature")
      .map(({ key, params }) => [key.name, params[0]?.typeAnnotation]),
  )
  for (const { type, key, typeAnnotation } of declared) {
    // Another name of a method, as in `kickChatMember: ApiMethods<F>["banChatMember"]`.
    if (type === "TSPropertySignature") {
      const { indexType } = typeAnnotation.typeAnnotation
      parameters.set(key.name, parameters.get(indexType.literal.value))
    }
  }
  return parameters
}

/** Adds the members of a parameter, and of the objects in it, to the members that are known under their names. */
function addObjects(reader, { name, type, scope }, objects, seen = new Set()) {
  const members = membersOf(reader, type, scope)
  if (members.length === 0) return
  const known = objects.get(name) ?? new Set()
  objects.set(name, known)
  for (const member of members) {
    known.add(member.name)
    if (seen.has(member.type)) continue
    seen.add(member.type)
    addObjects(reader, member, objects, seen)
  }
}

function table(name, comment, entries) {
  const lines = entries.map(([key, names]) => `  ${key}: "${[...names].join(" ")}",`)
  return [`/** ${comment} */`, `export const ${name} = {`, ...lines, "} as const", ""].join("\n")
}

/** Returns the text of the generated file. */
export function generateParameterNames() {
  const types = readTypes()
  const reader = { types, open: new Set() }
  const objects = new Map()
  const methods = [...methodsOf(types)].map(([method, parameters]) => {
    const members = membersOf(reader, parameters)
    for (const member of members) addObjects(reader, member, objects)
    return [method, new Set(members.map(({ name }) => name))]
  })
  const byName = [...objects].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return [
    "// Written by scripts/generate-parameter-names.mjs from @grammyjs/types and newer.ts. Do not edit.\n",
    table("parameterNames", "The parameters of every method of the Bot API.", methods),
    table(
      "memberNames",
      "The members of the objects in parameters, by the name of the parameter or member that has the objects.",
      byName,
    ),
  ].join("\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, generateParameterNames())
}
