import { afterAll, beforeAll, expect, test } from "vitest"
import { Arguments } from "../../src/arguments/arguments.js"
import { knownMethods, parametersByMethod } from "../../src/methods/known-methods.js"
import { methods } from "../../src/methods/methods.js"
import {
  parametersWithoutEffect,
  refusedParameters,
} from "../../src/methods/unsupported-parameters.js"
import { generateParameters } from "../../scripts/generate-parameters.mjs"
import { readFileSync } from "node:fs"
import { methodStage, validCalls, type MethodStage } from "./valid-calls.js"

const supported = [...methods.keys()].map((name) => knownMethods.get(name) ?? name)
const former = ["kickChatMember", "getChatMembersCount", "setStickerSetThumb"]
/** Methods that end the bot, or that a newly started bot cannot call. */
const apart = ["close"]
const tested = supported.filter((name) => !former.includes(name) && !apart.includes(name))

const read = new Set<string>()
const { text, has, file } = Arguments.prototype

beforeAll(() => {
  Arguments.prototype.text = function (name) {
    read.add(name)
    return text.call(this, name)
  }
  Arguments.prototype.has = function (name) {
    read.add(name)
    return has.call(this, name)
  }
  Arguments.prototype.file = function (name) {
    read.add(name)
    return file.call(this, name)
  }
})

afterAll(() => {
  Object.assign(Arguments.prototype, { text, has, file })
})

test("the table of parameters equals that of the types: generate-parameters.mjs writes it", () => {
  const path = "simulator/src/methods/parameters.generated.ts"
  expect(readFileSync(path, "utf8")).toBe(generateParameters())
})

test("there is a valid call for each supported method", () => {
  expect(Object.keys(validCalls).toSorted()).toEqual(tested.toSorted())
})

test.each(tested)("%s reads or refuses each of its parameters", async (method) => {
  const documented = parametersByMethod.get(method) ?? []
  const refused = refusedParameters(method)
  const open = documented.filter(
    (name) => !refused.includes(name) && !(name in parametersWithoutEffect),
  )
  const readByCall = await readsOf(method, {})
  const silent: string[] = []
  for (const name of open) {
    if (readByCall.has(name)) continue
    if (!(await readsOf(method, { ...companions[name], [name]: valueOf(name) })).has(name))
      silent.push(name)
  }
  expect(silent).toEqual([])
})

test.each(tested.filter((method) => refusedParameters(method).length > 0))(
  "%s refuses unsupported parameters by name",
  async (method) => {
    await using stage = await opened()
    const parameters = await validCalls[method]!(stage)
    for (const name of refusedParameters(method)) {
      const call = stage.call(method, { ...parameters, [name]: valueOf(name) })
      await expect(call).rejects.toThrow(`the simulator does not support the parameter ${name}`)
    }
    // A flag that is not set changes nothing.
    const unset = Object.fromEntries(refusedParameters(method).map((name) => [name, "false"]))
    await stage.call(method, { ...parameters, ...unset })
  },
)

function valueOf(name: string): unknown {
  return name === "correct_option_ids" ? [0] : 1
}

// Parameters that are read only together with another one.
const companions: Readonly<Record<string, object>> = {
  correct_option_ids: { type: "quiz" },
  show_caption_above_media: { caption: "Look" },
}

/**
 * Returns the parameters that a method reads, in a call with all required and some more parameters.
 */
async function readsOf(method: string, more: Record<string, unknown>): Promise<Set<string>> {
  await using stage = await opened()
  const parameters = await validCalls[method]!(stage)
  read.clear()
  const called = stage.call(method, { ...parameters, ...more })
  // The additional parameters may be invalid: only the reading matters.
  await (Object.keys(more).length === 0 ? called : called.catch(() => {}))
  return new Set(read)
}

async function opened(): Promise<MethodStage & AsyncDisposable> {
  const stage = await methodStage()
  return { ...stage, [Symbol.asyncDispose]: () => stage.telegram[Symbol.asyncDispose]() }
}
