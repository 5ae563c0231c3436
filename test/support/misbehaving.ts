/**
 * Misbehaviour of a user's program that no types forbid: thrown values of every kind, and loggers and queues that
 * fail in every way. The tests of each floor use them.
 *
 * @module
 */
import type { Logger } from "../../src/ground/logger.js"

const withGetter = (name: string) =>
  Object.defineProperty(new Error("x"), name, {
    get() {
      throw new Error(`${name} cannot be read`)
    },
  })

const trap = () => {
  throw new Error("trap")
}

/** Values that a program can throw or reject with, each made on request. */
export const thrownThings: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  "a number": () => 7,
  "a symbol": () => Symbol("x"),
  "a bigint": () => 10n,
  "an empty text": () => "",
  "an object without a prototype": () => Object.create(null) as unknown,
  "an object whose toString throws": () => ({ toString: trap }),
  "an object whose toString returns an object": () => ({ toString: () => ({}) }),
  "an error whose message throws": () => withGetter("message"),
  "an error whose stack throws": () => withGetter("stack"),
  "an error whose cause throws": () => withGetter("cause"),
  "an error whose name throws": () => withGetter("name"),
  "an error whose code throws": () => withGetter("code"),
  "an error whose message is a symbol": () =>
    Object.assign(new Error("x"), { message: Symbol("m") }),
  "an error whose message is an object": () => Object.assign(new Error("x"), { message: { a: 1 } }),
  "an error whose stack is an array": () => Object.assign(new Error("x"), { stack: [1, 2] }),
  "an error whose stack is a symbol": () =>
    Object.defineProperty(new Error("x"), "stack", { value: Symbol("s") }),
  "a frozen error": () => Object.freeze(new Error("x")),
  "an error that is its own cause": () => {
    const error = new Error("x")
    error.cause = error
    return error
  },
  "an error of a megabyte": () => new Error("1".repeat(1_000_000)),
  "a proxy of an error": () => new Proxy(new Error("x"), {}),
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  "a revoked proxy of an error": () => {
    const { proxy, revoke } = Proxy.revocable(new Error("x"), {})
    revoke()
    return proxy
  },
  "a proxy that refuses its prototype": () => new Proxy({}, { getPrototypeOf: trap }),
  "a proxy that refuses everything": () => new Proxy({}, new Proxy({}, { get: trap })),
  "an aggregate of odd errors": () => new AggregateError([new Error("a"), null], "all"),
  "a DOMException": () => new DOMException("gone", "AbortError"),
  // oxlint-disable-next-line unicorn/no-thenable -- a promise of another library
  "a thenable that never settles": () => ({ then() {} }),
}

/** Loggers that fail at every line, or at the creation of a child. */
export const failingLoggers: Readonly<Record<string, () => Logger>> = {
  "throws at once": () => loggerOf(trap),
  "rejects later": () => loggerOf(() => Promise.reject(new Error("no disk"))),
  "throws a revoked proxy": () =>
    loggerOf(() => {
      throw thrownThings["a revoked proxy"]?.()
    }),
  "has a child that throws": () => ({ ...loggerOf(() => {}), child: () => loggerOf(trap) }),
  "throws where a child is made": () => ({ ...loggerOf(trap), child: trap }),
  "makes no child": () => ({ ...loggerOf(trap), child: () => undefined as never }),
  "has no methods": () => ({}) as Logger,
  "returns a proxy that refuses everything": () =>
    loggerOf(() => thrownThings["a proxy that refuses everything"]?.()),
}

/** Ways in which a queue's method fails instead of returning a valid promise. */
export const failingMethods: Readonly<Record<string, () => unknown>> = {
  "throws at once": trap,
  "throws null at once": () => {
    throw null
  },
  "returns nothing": () => undefined,
  "returns no promise": () => 7,
  "rejects with nothing": () => Promise.reject(),
  "rejects with a symbol": () => Promise.reject(Symbol("x")),
  "rejects with a revoked proxy": () => Promise.reject(thrownThings["a revoked proxy"]?.()),
  "returns a thenable that rejects": () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- a promise of another library
    then: (_: unknown, reject: (reason: unknown) => void) => reject(new Error("no")),
  }),
  "returns a thenable that throws": () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- a promise of another library
    then: trap,
  }),
}

function loggerOf(write: () => unknown): Logger {
  return { debug: write, info: write, warn: write, error: write }
}
