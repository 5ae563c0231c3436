import { Unhandleable } from "../dispatch/handlers/unhandleable.js"
import type { ConversationForm } from "./conversation-form.js"

/** A dialog of one conversation: its state and its data. */
export interface Frame {
  readonly form: ConversationForm
  state: string
  data: object
  /** The dialog that this one has called; `undefined` for none. */
  called: Frame | undefined
  /** Whether the functions of the state's entry have not been called yet. */
  isEntering: boolean
  /** The result of the called dialog, until the functions for results have been called. */
  returned: { readonly form: ConversationForm; readonly result: unknown } | undefined
}

/** A dialog as it is stored, with the dialogs that it has called. */
export interface StoredDialog {
  readonly frame: Frame
  /** A text that is different at each step of a dialog with a time-out, and in each dialog. */
  readonly generation: string
  /** The time of the time-out, in milliseconds since 1970; `undefined` for none. */
  readonly dueAt: number | undefined
}

/** The stored form of a {@link Frame}. */
interface FrameJson {
  readonly name: string
  readonly state: string
  readonly stored: unknown
  readonly called?: FrameJson
}

/** The stored form of a {@link StoredDialog}. */
interface DialogJson {
  readonly generation: string
  readonly dueAt?: number
  readonly frame: FrameJson
}

/** Returns a dialog that enters a state. */
export function newFrame(form: ConversationForm, state: string, data: object | undefined): Frame {
  const all = { ...form.initial(), ...data }
  return {
    ...{ form, state, data: all, called: undefined },
    ...{ isEntering: true, returned: undefined },
  }
}

/** Returns the text to store. Throws a `TypeError` with the place of a part of the data that JSON cannot hold. */
export function dialogText({ frame, generation, dueAt }: StoredDialog): string {
  const due = dueAt === undefined ? "" : `"dueAt":${dueAt},`
  return `{"generation":${JSON.stringify(generation)},${due}"frame":${frameText(frame)}}`
}

function frameText({ form, state, data, called }: Frame): string {
  const [name, current] = [JSON.stringify(form.name), JSON.stringify(state)]
  const next = called ? `,"called":${frameText(called)}` : ""
  return `{"name":${name},"state":${current},"stored":${form.codec.textOf(data)}${next}}`
}

/**
 * Returns the dialog of a stored text; `undefined` for a state that this program does not know, if such a dialog
 * counts as ended.
 *
 * @throws Unhandleable if this program knows no such state, or cannot read the data
 */
export function parseDialog(form: ConversationForm, text: string): StoredDialog | undefined {
  // The text is one that `dialogText` has returned, in this version of the program or another one.
  const { frame: json, generation, dueAt } = JSON.parse(text) as DialogJson
  const unknown = unknownState(form, json)
  if (unknown === undefined) return { frame: parseFrame(form, json), generation, dueAt }
  if (form.endsInUnknownState) return undefined
  throw new Unhandleable(
    `A stored dialog of the conversation ${form.name} is in the state ${unknown}, which this program does not ` +
      'know: add the state, or let such dialogs end with `onUnknownState: "end"`',
  )
}

function unknownState(form: ConversationForm, { state, called }: FrameJson): string | undefined {
  if (!form.states.has(state)) return JSON.stringify(state)
  if (!called) return undefined
  const known = form.called.get(called.name)?.form
  return known ? unknownState(known, called) : `${JSON.stringify(state)} of ${called.name}`
}

function parseFrame(form: ConversationForm, { state, stored, called }: FrameJson): Frame {
  const calledForm = called && form.called.get(called.name)?.form
  return {
    ...{ form, state, data: form.codec.read(stored) },
    called: called && calledForm && parseFrame(calledForm, called),
    ...{ isEntering: false, returned: undefined },
  }
}
