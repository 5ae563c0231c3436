import type { ClassElement, Node, PropertyKey, TSSignature } from "oxc-parser"
import type { Declaration, PublicName, SourceFile } from "./public-names.js"

/**
 * Returns the names without a doc comment, as `Updater.stop (src/updater.ts)`: exported declarations, and public
 * members of classes, interfaces, object types and objects.
 *
 * No doc comment is needed by constructors, overrides, private members, members of an object with a declared type,
 * and all but the first of several declarations of one name.
 */
export function undocumented(names: readonly PublicName[]): string[] {
  return names.flatMap((name) => [
    ...missingOnName(name),
    ...name.declarations.flatMap((declaration) => missingOnMembers(name.name, declaration)),
    ...undocumented(name.members ?? []),
  ])
}

function missingOnName({ name, declarations }: PublicName): string[] {
  const [first] = declarations
  const isDocumented = declarations.some(({ file, statement }) => hasDoc(file, statement))
  return first && !isDocumented ? [`${name} (${first.file.path})`] : []
}

function missingOnMembers(owner: string, { file, node }: Declaration): string[] {
  const members = membersOf(node).flatMap((member) => {
    const name = memberName(member, file)
    return name === undefined ? [] : [{ name, hasDoc: hasDoc(file, member) }]
  })
  const documented = new Set(members.filter((member) => member.hasDoc).map(({ name }) => name))
  const missing = new Set(members.map(({ name }) => name).filter((name) => !documented.has(name)))
  return [...missing].map((name) => `${owner}.${name} (${file.path})`)
}

type Member = ClassElement | TSSignature | Extract<Node, { type: "Property" }>

function membersOf(node: Node | null | undefined): Member[] {
  switch (node?.type) {
    case "ClassDeclaration":
    case "TSInterfaceDeclaration":
      return node.body.body
    case "TSTypeAliasDeclaration":
      return membersOf(node.typeAnnotation)
    case "TSTypeLiteral":
      return node.members
    case "TSIntersectionType":
      return node.types.flatMap(membersOf)
    case "VariableDeclarator":
      return node.id.type === "Identifier" && node.id.typeAnnotation ? [] : membersOf(node.init)
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return membersOf(node.expression)
    case "ObjectExpression":
      return node.properties.filter((property) => property.type === "Property")
    default:
      return []
  }
}

/** Returns the name of a member that needs a doc comment. */
function memberName(member: Member, file: SourceFile): string | undefined {
  if (!("key" in member)) return undefined
  if ("override" in member && member.override) return undefined
  if ("accessibility" in member && member.accessibility === "private") return undefined
  if (member.type === "Property" && member.shorthand) return undefined
  if (member.type === "MethodDefinition" && member.kind === "constructor") return undefined
  return keyName(member.key, file)
}

function keyName(key: PropertyKey, file: SourceFile): string | undefined {
  return key.type === "PrivateIdentifier" ? undefined : file.source.slice(key.start, key.end)
}

/** Returns true if only white space is between a doc comment and a node. */
function hasDoc({ source, docs }: SourceFile, node: Node): boolean {
  const end = source.slice(0, node.start).trimEnd().length
  return docs.has(end)
}
