import { methodNames } from "./method-names.generated.js"
import { methodsByParameter } from "./method-parameters.generated.js"

/** The names of the parameters with the formatting of a text. */
export interface TextField {
  /** The parameter with the entities. */
  readonly entities: string
  /** The parameter with the parse mode. */
  readonly mode: string
}

type EntitiesName = Extract<keyof typeof methodsByParameter, `${string}entities`>

/** A text among the parameters of a method. */
interface MethodField extends TextField {
  readonly entities: EntitiesName
}

/** The texts among the parameters of methods, by name. */
const fieldsOfMethods: ReadonlyMap<string, readonly MethodField[]> = new Map([
  [
    "text",
    [
      { entities: "entities", mode: "parse_mode" },
      { entities: "text_entities", mode: "text_parse_mode" },
    ],
  ],
  ["caption", [{ entities: "caption_entities", mode: "parse_mode" }]],
  ["description", [{ entities: "description_entities", mode: "description_parse_mode" }]],
  ["explanation", [{ entities: "explanation_entities", mode: "explanation_parse_mode" }]],
  ["question", [{ entities: "question_entities", mode: "question_parse_mode" }]],
])

const caption: TextField = { entities: "caption_entities", mode: "parse_mode" }

/**
 * The texts in objects. A key consists of the name of the member that contains the object, a dot, and the
 * name of the text.
 */
const fieldsOfObjects: ReadonlyMap<string, TextField> = new Map([
  ["checklist.title", { entities: "title_entities", mode: "parse_mode" }],
  ["input_message_content.message_text", { entities: "entities", mode: "parse_mode" }],
  ["media.caption", caption],
  ["options.text", { entities: "text_entities", mode: "text_parse_mode" }],
  ["reply_parameters.quote", { entities: "quote_entities", mode: "quote_parse_mode" }],
  ["result.caption", caption],
  ["results.caption", caption],
  ["tasks.text", { entities: "text_entities", mode: "parse_mode" }],
])

const known: ReadonlySet<string> = new Set(methodNames)

/**
 * Returns the names of the formatting of a method's parameter; `undefined` for a parameter without formatting.
 * A method that is newer than this version gets the usual names.
 */
export function fieldOfMethod(method: string, parameter: string): TextField | undefined {
  const fields = fieldsOfMethods.get(parameter)
  if (!known.has(method)) return fields?.[0]
  return fields?.find(({ entities }) => hasParameter(method, entities))
}

/**
 * Returns the names of the formatting of a text in an object; `undefined` for a text without formatting.
 *
 * @param path the path of the object within the parameters, as in `media[0]`
 */
export function fieldOfObject(path: string, member: string): TextField | undefined {
  const [container = ""] = path.slice(path.lastIndexOf(".") + 1).split("[", 1)
  return fieldsOfObjects.get(`${container}.${member}`)
}

/** Returns the texts of a method that have formatting, each by its name. */
export function textFieldsOf(method: string): [name: string, field: TextField][] {
  return [...fieldsOfMethods.keys()].flatMap((name) => {
    const field = known.has(method) ? fieldOfMethod(method, name) : undefined
    return field ? [[name, field]] : []
  })
}

/** Returns the texts with formatting of the object in a member of parameters, each by its name. */
export function textFieldsIn(member: string): [name: string, field: TextField][] {
  return [...fieldsOfObjects]
    .filter(([path]) => path.startsWith(`${member}.`))
    .map(([path, field]) => [path.slice(member.length + 1), field])
}

/** Returns whether Telegram documents a parameter of a method. */
export function hasParameter(method: string, parameter: keyof typeof methodsByParameter): boolean {
  return methodsByParameter[parameter].split(" ").includes(method)
}
