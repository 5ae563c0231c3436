import type { Checklist, ChecklistTask, Message, MessageEntity } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { formatted } from "../../world/formatted-text.js"
import { writableChat } from "../chat-argument.js"
import { checkMessageArguments, deliver } from "../deliver.js"
import {
  expectObject,
  flagField,
  partError,
  reading,
  requiredArrayField,
  requiredNumberField,
  requiredTextField,
  textField,
  type Fields,
} from "../fields.js"
import { objectArgument } from "../json-argument.js"
import { markupArgument } from "../markup-argument.js"
import { ownMessage } from "../message-argument.js"
import type { Call, MethodTable } from "../method.js"
import { requiredText } from "../required-argument.js"

/** Methods for checklists, which bots send for business accounts. */
export const checklistMethods: MethodTable = { sendChecklist, editMessageChecklist }

const maxTitle = 255
const maxTask = 100
const maxTasks = 30

function sendChecklist(call: Call): Message {
  const checklist = checklistArgument(call)
  checkMessageArguments(call)
  expectAccount(call)
  return deliver(call, writableChat(call), { checklist })
}

function editMessageChecklist(call: Call): Message {
  const checklist = checklistArgument(call)
  const markup = markupArgument(call.args)
  expectAccount(call)
  const { where, message } = ownMessage(call)
  if (message.checklist === undefined) throw CallError.badRequest("message can't be edited")
  const { reply_markup: _, ...rest } = message
  const edited = { ...rest, checklist, ...(markup && { reply_markup: markup }) }
  return call.world.edit(where, { ...edited, edit_date: call.world.now })
}

function expectAccount({ args, business }: Call): void {
  requiredText(args, "business_connection_id")
  if (business === undefined) throw CallError.badRequest("business connection not found")
}

function checklistArgument({ args }: Call): Checklist {
  requiredText(args, "checklist")
  const given = objectArgument(args, "checklist", "InputChecklist") ?? {}
  return reading("Can't parse InputChecklist", () => {
    requiredTextField(given, "title")
    const tasks = requiredArrayField(given, "tasks").map((task) => taskOf(task))
    if (tasks.length === 0) throw partError("There must be at least one task")
    if (tasks.length > maxTasks) throw partError("Too many tasks specified")
    if (new Set(tasks.map(({ id }) => id)).size < tasks.length) {
      throw partError("Task identifiers must be unique")
    }
    const title = textOf(given, { name: "title", max: maxTitle })
    return {
      title: title.text,
      ...(title.entities.length > 0 && { title_entities: title.entities }),
      tasks,
      ...(flagField(given, "others_can_add_tasks") && { others_can_add_tasks: true }),
      ...(flagField(given, "others_can_mark_tasks_as_done") && {
        others_can_mark_tasks_as_done: true,
      }),
    }
  })
}

function taskOf(value: unknown): ChecklistTask {
  const given = expectObject(value, "InputChecklistTask must be an Object")
  const id = requiredNumberField(given, "id")
  if (!Number.isInteger(id) || id <= 0) throw partError("Task identifier must be positive")
  requiredTextField(given, "text")
  const { text, entities } = textOf(given, { name: "text", max: maxTask })
  return { id, text, ...(entities.length > 0 && { text_entities: entities }) }
}

function textOf(
  given: Fields,
  { name, max }: { readonly name: string; readonly max: number },
): { readonly text: string; readonly entities: MessageEntity[] } {
  const mode = textField(given, "parse_mode")
  const explicit = mode === "" ? given[`${name}_entities`] : undefined
  const { text, entities } = formatted(textField(given, name), mode, explicit)
  if (text === "" || [...text].length > max) throw partError(`Field "${name}" has a wrong length`)
  return { text, entities: [...entities] }
}
