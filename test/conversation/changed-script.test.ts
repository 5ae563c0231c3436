import { describe, expect, test, vi } from "vitest"
import {
  type Script,
  type ScriptOptions,
  ScriptedConversation,
} from "../../src/conversation/index.js"
import { filters } from "../../src/dispatch/index.js"
import { session } from "../../src/session/index.js"
import { scriptingEach } from "./scripting.js"

const { stage, run, stop, say, pass, stored } = scriptingEach()

/** Returns a conversation with a script. */
function conversation(
  script: Script<{ greeting: string }>,
  options: Partial<ScriptOptions<{ greeting: string }>> = {},
) {
  const register = new ScriptedConversation("register", script, {
    data: () => ({ greeting: "Hello" }),
    ...options,
  })
  register.entryPoints.command("register", (ctx) => ctx.dialog.enter({ greeting: "Hi" }))
  register.fallbacks.command("cancel", (ctx) => ctx.dialog.end())
  return register
}

const former: Script<{ greeting: string }> = async (talk, ctx) => {
  await ctx.reply(`${talk.data.greeting}, your name?`)
  const { message } = await talk.waitFor(filters.regex(/^[a-z]+$/i))
  await talk.step("save", () => message.text)
  await ctx.reply("Your town?")
  const town = await talk.waitFor(filters.text)
  await ctx.reply(`${message.text} of ${town.message.text}.`)
}

/** Leads a dialog with a script up to its second wait, and then goes on with another script. */
async function deploy(
  script: Script<{ greeting: string }>,
  options: Partial<ScriptOptions<{ greeting: string }>> = {},
) {
  run([conversation(former)])
  await say("/register", "Ada")
  expect(stage.said.splice(0)).toEqual(["Hi, your name?", "Your town?"])
  await stop()
  run([conversation(script, options)])
}

describe("a dialog whose script has changed", () => {
  test.each<[string, Script<{ greeting: string }>]>([
    [
      "a text before the wait",
      async (talk, ctx) => {
        await ctx.reply("Hey, who are you?")
        const { message } = await talk.waitFor(filters.text)
        await talk.step("save", () => message.text)
        await ctx.reply("Where do you live?")
        const town = await talk.waitFor(filters.text)
        await ctx.reply(`${message.text} of ${town.message.text}.`)
      },
    ],
    [
      "a line less before the wait",
      async (talk, ctx) => {
        const { message } = await talk.waitFor(filters.text)
        await ctx.reply("Your town?")
        const town = await talk.waitFor(filters.text)
        await ctx.reply(`${message.text} of ${town.message.text}.`)
      },
    ],
    [
      "a step that has moved",
      async (talk, ctx) => {
        await ctx.reply("Hi, your name?")
        const { message } = await talk.waitFor(filters.text)
        await ctx.reply("Your town?")
        const town = await talk.waitFor(filters.text)
        const name = await talk.step("save", () => "not called")
        await ctx.reply(`${name} of ${town.message.text}.`)
        expect(message.text).toBe("Ada")
      },
    ],
  ])("in %s goes on", async (_, script) => {
    await deploy(script)
    await say("Boston")
    expect(stage.said).toEqual(["Ada of Boston."])
  })

  test("in a line behind the wait goes on with that line", async () => {
    await deploy(async (talk, ctx) => {
      await ctx.reply("Hi, your name?")
      await talk.waitFor(filters.text)
      await ctx.reply("Your town?")
      await talk.waitFor(filters.text)
      await ctx.reply("And your street?")
      await talk.waitFor(filters.text)
      await ctx.reply("Thank you.")
    })
    await say("Boston", "Main St")
    expect(stage.said).toEqual(["And your street?", "Thank you."])
  })

  test("in the filter of its wait waits for the new kind of answer", async () => {
    await deploy(async (talk, ctx) => {
      await ctx.reply("Hi, your name?")
      await talk.waitFor(filters.text)
      await ctx.reply("Your town?")
      await talk.waitFor(filters.regex(/^\d+$/), { otherwise: (c) => c.reply("A number, please.") })
      await ctx.reply("Thank you.")
    })
    await say("Boston", "2")
    expect(stage.said).toEqual(["A number, please.", "Thank you."])
  })

  /** Changes that a record cannot fit, with the reason that the error gives. */
  const unfit: [string, string, Script<{ greeting: string }>][] = [
    [
      "a new message before the wait",
      "call sendMessage is new before its wait",
      async (talk, ctx) => {
        await ctx.reply("Welcome!")
        await ctx.reply("Your name?")
        await talk.waitFor(filters.text)
        await talk.waitFor(filters.text)
      },
    ],
    [
      "a new step before the wait",
      'the step "log" is new',
      async (talk) => {
        await talk.step("log", () => 1)
      },
    ],
    [
      "a wait that is gone",
      "it ends before its wait",
      async (talk) => {
        await talk.waitFor(filters.text)
      },
    ],
    [
      "the filter of an earlier wait",
      "does not accept an earlier answer",
      async (talk) => {
        await talk.waitFor(filters.photo)
      },
    ],
    [
      "the name of an earlier wait",
      'its wait has the name "surname", and the stored one no name',
      async (talk) => {
        await talk.waitFor(filters.text, { name: "surname" })
      },
    ],
    [
      "a line that throws",
      "it throws before its wait: broken",
      async () => {
        throw new Error("broken")
      },
    ],
    [
      "a new time before the wait",
      "is called more often than before",
      async (talk) => {
        talk.now()
      },
    ],
  ]

  test.each(unfit)(
    "in %s sets its updates aside, before anything is sent",
    async (_, reason, script) => {
      await deploy(script)
      const before = await stored()
      await say("Boston")
      expect(stage.said).toEqual([])
      expect(stage.logger.errors.join()).toContain(reason)
      expect(stage.logger.errors.join()).toContain("`formerVersions`")
      expect(await stored()).toEqual(before)
      await say("/cancel", "Boston")
      expect(stage.said).toEqual(["(Boston)"])
    },
  )

  test("begins again with its data, by choice", async () => {
    await deploy(
      async (talk, ctx) => {
        await ctx.reply("Welcome!")
        await ctx.reply(`${talk.data.greeting}, ${ctx.message?.text}: your name?`)
        await talk.waitFor(filters.text)
        await ctx.reply("Thank you.")
      },
      { onChanged: "restart" },
    )
    await say("Boston", "Ada")
    expect(stage.said).toEqual(["Welcome!", "Hi, /register: your name?", "Thank you."])
  })

  test("ends by choice, and the update goes to the entry points and outside", async () => {
    await deploy(unfit[0]?.[2] ?? former, { onChanged: "end" })
    await say("Boston", "x")
    expect(stage.said).toEqual(["(Boston)", "(x)"])
    expect(await stored()).toBeUndefined()
  })

  test("ends by choice, and the command of the entry begins another one", async () => {
    await deploy(unfit[0]?.[2] ?? former, { onChanged: "end" })
    await say("/register", "Ada")
    expect(stage.said).toEqual(["Welcome!", "Your name?"])
  })

  test("runs on with the script of its version, if that is known", async () => {
    await deploy(async (_, ctx) => ctx.reply("New"), { version: 2, formerVersions: { 1: former } })
    await say("Boston", "/register")
    expect(stage.said).toEqual(["Ada of Boston.", "New"])
  })

  test("by its version does not fit if that is unknown", async () => {
    await deploy(former, { version: 2 })
    await say("Boston")
    expect(stage.said).toEqual([])
    expect(stage.logger.errors.join()).toContain("begun with version 1, whose script is unknown")
  })

  test.each([
    ["restart", undefined],
    ["end", undefined],
    ["setAside", "Expected"],
  ] as const)("at its time-out ends, or is set aside (%s)", async (onChanged, isSetAside) => {
    const timed: Script<{ greeting: string }> = async (talk, ctx) => {
      await ctx.reply("A name?")
      await talk.waitFor(filters.text, { timeoutMs: 60_000 })
    }
    run([conversation(timed)])
    await say("/register")
    await stop()
    run([conversation(unfit[1]?.[2] ?? timed, { onChanged })])
    await pass(60_000)
    expect(stage.said).toEqual(["A name?"])
    expect((await stored()) === undefined).toBe(isSetAside === undefined)
  })

  test("of a conversation by states with the same name does not fit", async () => {
    run([conversation(former, { onChanged: "restart" })])
    const key = { botId: 110, space: "conversation register", key: "7:7" }
    const json = JSON.stringify({ generation: "a", frame: { name: "register", state: "x" } })
    await stage.queue.state?.write([{ kind: "set", key, json }])
    await say("Ada")
    expect(stage.said).toEqual(["Hello, your name?"])
  })
})

describe("in development", () => {
  /** Runs a script up to a wait, and returns the warnings. */
  async function warningsOf(script: Script, name: string): Promise<string> {
    vi.useRealTimers()
    vi.stubEnv("NODE_ENV", "development")
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
    const checked = new ScriptedConversation(name, script)
    checked.entryPoints.command("go", (ctx) => ctx.dialog.enter())
    run([checked])
    await say("/go")
    const warnings = warn.mock.calls.join("\n")
    warn.mockRestore()
    vi.unstubAllEnvs()
    return warnings
  }

  let counter = 0
  test.each<[string, string, Script]>([
    [
      "time",
      'became call sendMessage {"chat_id":7,"text":',
      async (talk, ctx) => {
        await ctx.reply(`${performance.now()}`)
        await talk.waitFor(filters.text)
      },
    ],
    [
      "counter",
      "call sendMessage",
      async (talk, ctx) => {
        counter += 1
        if (counter === 1) await ctx.reply("first")
        await talk.waitFor(filters.text)
      },
    ],
    [
      "more",
      "wait at test",
      async (talk, ctx) => {
        counter += 1
        if (counter > 3) await ctx.reply("more")
        await talk.waitFor(filters.text)
        await ctx.reply("x")
      },
    ],
    [
      "sleep",
      "it waits for work that is not recorded",
      async (talk, ctx) => {
        await ctx.reply("x")
        await new Promise((resolve) => setTimeout(resolve, 20))
        await talk.waitFor(filters.text)
      },
    ],
  ])(
    "a script that does not repeat itself is warned of, with its place (%s)",
    async (name, text, script) => {
      const warnings = await warningsOf(script, `warned ${name}`)
      expect(warnings).toContain("does not repeat itself")
      expect(warnings).toMatch(/changed-script\.test\.ts:\d+/)
      expect(warnings).toContain(text)
    },
  )

  test("a script that repeats itself is not warned of", async () => {
    const warnings = await warningsOf(async (talk, ctx) => {
      await ctx.reply(`${talk.now()} ${talk.random()} ${await talk.step("x", () => counter++)}`)
      await ctx.bot.sendMessage({ chat_id: 7, text: "x" })
      await talk.ask("y")
    }, "quiet")
    expect(warnings).toBe("")
  })

  test("a long record is warned of once", async () => {
    const warnings = await warningsOf(async (talk) => {
      for (let turn = 0; turn < 101; turn += 1) talk.now()
      await talk.waitFor(filters.text)
    }, "long")
    expect(warnings).toContain("talk.again")
  })

  test("sessions do not warn of changes of a replay", async () => {
    const cart = session("cart", { initial: () => ({ items: [] as string[] }) })
    vi.useRealTimers()
    vi.stubEnv("NODE_ENV", "development")
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
    const shop = new ScriptedConversation(
      "shop",
      async (talk, ctx) => {
        for (;;) {
          ctx.cart.items.push("x")
          await talk.waitFor(filters.text)
        }
      },
      { sessions: [cart] },
    )
    shop.entryPoints.command("go", (ctx) => ctx.dialog.enter())
    run([shop])
    await say("/go", "a", "b")
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect(warn.mock.calls).toEqual([])
    warn.mockRestore()
    vi.unstubAllEnvs()
  })
})
