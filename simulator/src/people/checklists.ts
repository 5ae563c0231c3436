import type { ChecklistTask, Message } from "@grammyjs/types"
import { withoutReply } from "../world/answered-message.js"
import { nameOf, type Actor } from "./actor.js"
import { placeOf } from "./messages.js"

/** Marks tasks of a checklist as done or not done. */
export function checkTasks(
  actor: Actor,
  message: Message,
  { tasks, isDone }: { readonly tasks: readonly number[]; readonly isDone: boolean },
): Message {
  const { person, world } = actor
  const where = placeOf(actor, message)
  const current = where.messages.get(message.message_id)
  const checklist = current?.checklist
  if (current === undefined || checklist === undefined) throw new TypeError("Expected a checklist")
  if (checklist.others_can_mark_tasks_as_done !== true && where.owner !== person) {
    throw new TypeError(`${nameOf(actor)} may not mark the tasks of this checklist`)
  }
  const unknown = tasks.find((id) => checklist.tasks.every((task) => task.id !== id))
  if (unknown !== undefined) throw new TypeError(`The checklist has no task ${unknown}`)
  const done = isDone ? { completed_by_user: person.user, completion_date: world.now } : {}
  const all = checklist.tasks.map((task) => (tasks.includes(task.id) ? marked(task, done) : task))
  const changed = { ...current, checklist: { ...checklist, tasks: all } }
  world.refresh(where, changed)
  world.write(person, where, {
    checklist_tasks_done: {
      checklist_message: withoutReply(changed),
      ...(isDone
        ? { marked_as_done_task_ids: [...tasks] }
        : { marked_as_not_done_task_ids: [...tasks] }),
    },
  })
  return changed
}

function marked(task: ChecklistTask, done: Partial<ChecklistTask>): ChecklistTask {
  const { completed_by_user: _, completion_date: __, ...open } = task
  return { ...open, ...done }
}
