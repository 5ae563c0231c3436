import type { SecureContext, TLSSocket } from "node:tls"
import { describe, expect, test } from "vitest"
import { type HandshakeChoices, handshakeOptions } from "../../../src/node-server/tls/handshake.js"

// The certificate does not matter here, only the requested name.
const context = {} as SecureContext
const socket = { setKeyCert() {} } as unknown as TLSSocket

const throwing: HandshakeChoices = {
  contextFor() {
    throw new Error("no context")
  },
  challengeFor() {
    throw new Error("no challenge")
  },
}

function callbacks(choices: HandshakeChoices) {
  const { SNICallback, ALPNCallback } = handshakeOptions(choices)
  return {
    // Node gives `false` in place of a name, which its types do not say.
    protocol: (servername: unknown, protocols: string[]) =>
      Reflect.apply(ALPNCallback ?? (() => {}), socket, [{ servername, protocols }]) as unknown,
    context(name: string) {
      let given: unknown
      const done = (...result: unknown[]) => (given = result)
      Reflect.apply(SNICallback ?? (() => {}), socket, [name, done])
      return given
    },
  }
}

describe("a handshake whose callback throws", () => {
  test.each([
    ["no name", false],
    ["an empty name", ""],
    ["the name of a member", "__proto__"],
    ["a name", "bot.example.com"],
  ])("is refused if %s is requested by the challenge protocol", (_, name) => {
    const asked: string[] = []
    const quiet = callbacks({
      contextFor: () => context,
      challengeFor: (of) => void asked.push(of.toLowerCase()),
    })
    expect(quiet.protocol(name, ["acme-tls/1"])).toBeUndefined()
    expect(asked).toEqual(name ? [name] : [])
    expect(callbacks(throwing).protocol(name, ["acme-tls/1"])).toBeUndefined()
  })

  test("is refused with an error if the certificate source throws", () => {
    expect(callbacks(throwing).context("bot.example.com")).toEqual([expect.any(Error)])
  })
})
