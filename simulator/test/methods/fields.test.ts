import { expect, test } from "vitest"
import { knownMethods } from "../../src/methods/known-methods.js"
import { methods } from "../../src/methods/methods.js"
import {
  fieldsWithoutEffect,
  refusedParameters,
  unsupportedFields,
} from "../../src/methods/unsupported-parameters.js"
import { parameterObjects } from "../../scripts/parameter-objects.mjs"
import { companions, fieldSamples } from "./field-samples.js"
import { methodStage, type Parameters } from "./valid-calls.js"

const objects = [...parameterObjects(isSkipped)]

/** Returns whether a parameter or a field is refused, or belongs to a method that is. */
function isSkipped(owner: string, name: string): boolean {
  const refused = (unsupportedFields as Readonly<Record<string, readonly string[]>>)[owner]
  if (!knownMethods.has(owner.toLowerCase())) return refused?.includes(name) === true
  const isSupported = methods.has(owner.toLowerCase())
  // The names of update types are taken from the type of updates.
  return !isSupported || name === "allowed_updates" || refusedParameters(owner).includes(name)
}

test("there is a sample of each object in a parameter of a supported method", () => {
  const names = objects.map(([name]) => name)
  expect(Object.keys(fieldSamples).toSorted()).toEqual(names.toSorted())
})

test.each(objects)(
  "each field of %s has an effect, or is refused by name",
  async (name, fields) => {
    const { base, values } = fieldSamples[name]!
    const silent: string[] = []
    for (const field of fields) {
      if (field in base || `${name}.${field}` in fieldsWithoutEffect) continue
      const value = values[field]
      expect(value, `a value of ${field}`).toBeDefined()
      const without = { ...base, ...companions[field] }
      const isSilent =
        (await seen(name, without)) === (await seen(name, { ...without, [field]: value }))
      if (isSilent) silent.push(field)
    }
    expect(silent).toEqual([])
  },
)

test.each(Object.entries(unsupportedFields))("%s: %j is refused by name", async (name, fields) => {
  for (const field of fields) {
    const { base, values } = fieldSamples[name]!
    const refusal = await seen(name, { ...base, [field]: values[field] })
    expect(refusal).toMatch(`the simulator does not support the field ${field}`)
  }
})

/** Returns everything that the bot and the person see of an object, without the time. */
async function seen(name: string, object: Parameters): Promise<string> {
  const stage = await methodStage()
  await using _ = stage.telegram
  const outcome = await fieldSamples[name]!.see(stage, object).catch(
    (error: Error) => error.message,
  )
  return JSON.stringify(outcome).replaceAll(/\b1[789]\d{8}\b/g, "now")
}
