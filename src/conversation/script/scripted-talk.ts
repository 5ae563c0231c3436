import { textMatcher } from "../../ground/text-matcher.js"
import type { Context } from "../../dispatch/context/context.js"
import { and, not } from "../../dispatch/filters/combine.js"
import { type Filter, typesOf, withTypes } from "../../dispatch/filters/filter.js"
import { command, text } from "../../dispatch/filters/text.js"
import { filterEntry, patternMatcher } from "../../dispatch/handlers/handler-entry.js"
import {
  expectDurationMs,
  expectOptionsObject,
  expectText,
  type OptionNames,
  unexpectedOption,
} from "../../ground/expect-option.js"
import type { StandardSchema } from "../../ground/standard-schema.js"
import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { sendQuestion } from "./question.js"
import type { ScriptForm } from "./script-form.js"
import type { Again, AskOptions, Question, Talk, WaitForOptions } from "./talk.js"
import type { Checked, Wait } from "./wait.js"

/** The members of a run that its `talk` uses. */
export interface TalkingRun {
  readonly form: ScriptForm
  readonly data: object
  /** The context of the last update of the script. */
  readonly context: Context
  /** Resolves with the context of an answer, and the output of its check. */
  wait(wait: Wait): Promise<{ readonly ctx: Context; readonly output: unknown }>
  step(name: string, run: () => unknown): Promise<unknown>
  value(kind: "now" | "random", make: () => number): number
}

const waitOptionNames: OptionNames<WaitForOptions> = {
  otherwise: true,
  timeoutMs: true,
  name: true,
}

/** The texts that {@link Talk.ask} accepts as answers. */
const answerText = and(text, not(command))

/** The `talk` of a script in one run. */
export class ScriptedTalk implements Talk<object> {
  readonly #run: TalkingRun
  /** The value of {@link again}, if it was called. */
  begun: Again | undefined

  constructor(run: TalkingRun) {
    this.#run = run
  }

  get data(): object {
    return this.#run.data
  }

  async waitFor(filter: Filter, options: WaitForOptions = {}): Promise<never> {
    if (typeof filter !== "function") unexpectedOption("filter", "a function", filter)
    expectOptionsObject(options, "waitFor(filter, { otherwise })", waitOptionNames)
    const matchPattern = filterEntry(filter, () => {}).matchPattern
    const { ctx } = await this.#run.wait({
      ...this.#waitOf(options),
      ...{ filter: this.#expectTypes(filter), matchPattern, check: undefined },
    })
    // The filter has narrowed the context as the interface says.
    return ctx as never
  }

  async waitForCallbackQuery(
    data?: string | readonly string[] | RegExp,
    options: WaitForOptions = {},
  ): Promise<never> {
    const example = "waitForCallbackQuery(data, { otherwise })"
    expectOptionsObject(options, example, waitOptionNames)
    const isPress = ({ callback_query: press }: Update) =>
      press !== undefined && isPressOf(press.data, data)
    const filter = this.#expectTypes(withTypes(["callback_query"], isPress))
    const matchPattern =
      data instanceof RegExp
        ? patternMatcher(data, ({ callback_query: press }) => press?.data)
        : undefined
    const { ctx } = await this.#run.wait({
      ...this.#waitOf(options),
      ...{ filter, matchPattern, check: undefined },
    })
    // The filter has accepted a press.
    return ctx as never
  }

  ask(question: Question, options?: AskOptions): Promise<never>
  ask(question: Question, schema: StandardSchema, options?: AskOptions): Promise<never>
  async ask(question: Question, ...args: readonly unknown[]): Promise<never> {
    const schema = isSchema(args[0]) ? args[0] : undefined
    // The overloads guarantee that the other argument is the options.
    const options = ((schema ? args[1] : args[0]) ?? {}) as AskOptions
    expectOptionsObject(options, "ask(question, { otherwise })", waitOptionNames)
    await sendQuestion(this.#run.context, question)
    const { output } = await this.#run.wait({
      ...this.#waitOf(options),
      ...{ filter: this.#expectTypes(answerText), matchPattern: undefined },
      check: (update) => checkText(schema, update.message?.text ?? ""),
      otherwise: options.otherwise ?? ((ctx) => sendQuestion(ctx, question)),
    })
    // The schema has made the output.
    return output as never
  }

  step<T>(name: string, run: () => T | Promise<T>): Promise<T> {
    expectText("name", name)
    if (typeof run !== "function") unexpectedOption("run", "a function", run)
    // The recorded result is one that the function has returned.
    return this.#run.step(name, run) as Promise<T>
  }

  now(): number {
    return this.#run.value("now", () => Date.now())
  }

  random(): number {
    return this.#run.value("random", () => Math.random())
  }

  again(data?: object): Again {
    return (this.begun = { again: { ...this.#run.form.initial(), ...data } })
  }

  #waitOf({
    name,
    timeoutMs,
    otherwise,
  }: AskOptions): Pick<Wait, "name" | "otherwise" | "timeoutMs"> {
    if (otherwise !== undefined && typeof otherwise !== "function") {
      unexpectedOption("otherwise", "a function", otherwise)
    }
    const ms = expectDurationMs("timeoutMs", timeoutMs ?? this.#run.form.timeoutMs)
    return { name, otherwise, timeoutMs: ms }
  }

  #expectTypes(filter: Filter): Filter {
    const { name, updateTypes } = this.#run.form
    const missing = (typesOf(filter) ?? []).find((type: UpdateType) => !updateTypes.includes(type))
    if (missing === undefined) return filter
    throw new TypeError(
      `Expected a filter of the update types that the conversation ${name} gets, got one of ${missing}: add ` +
        "the type to the option `updateTypes`.",
    )
  }
}

function isPressOf(
  pressed: string | undefined,
  data: string | readonly string[] | RegExp | undefined,
): boolean {
  if (data === undefined) return true
  if (pressed === undefined) return false
  if (data instanceof RegExp) return textMatcher(data)(pressed) !== null
  return typeof data === "string" ? pressed === data : data.includes(pressed)
}

function isSchema(value: unknown): value is StandardSchema {
  const isObject = typeof value === "object" || typeof value === "function"
  return isObject && value !== null && "~standard" in value
}

async function checkText(schema: StandardSchema | undefined, answer: string): Promise<Checked> {
  if (!schema) return { output: answer }
  const result = await schema["~standard"].validate(answer)
  return "value" in result ? { output: result.value } : { issues: result.issues }
}
