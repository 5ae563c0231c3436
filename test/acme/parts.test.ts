import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { AcmeRefusal, explainAcme } from "../../src/acme/acme-problem.js"
import { withFolderLock } from "../../src/acme/folder-lock.js"
import { renewalTime } from "../../src/acme/renewal-time.js"
import { createCertificate } from "../../src/certificate/index.js"
import { deferred } from "../support/waiting.js"

const dayMs = 24 * 60 * 60 * 1000

describe("a renewal", () => {
  test.each([6, 90, 3650])(
    "comes after two thirds of a life of %i days, or a bit earlier",
    async (days) => {
      const { cert } = await createCertificate("bot.example.com", { days })
      const part = (random: number) =>
        (renewalTime(cert, 0.67, random).getTime() - Date.now()) / (days * dayMs)
      expect(part(0)).toBeGreaterThan(0.65)
      expect(part(0)).toBeLessThan(0.68)
      expect(part(1)).toBeGreaterThan(0.6)
      expect(part(1)).toBeLessThan(0.63)
    },
  )
})

describe("the lock of a folder", () => {
  let folder = ""
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sounder-lock-"))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const { signal } = new AbortController()

  test("lets one at a time do something", async () => {
    let running = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++running)
      await Promise.resolve()
      running -= 1
    }
    await Promise.all([1, 2, 3].map(() => withFolderLock(folder, signal, work)))
    expect(most).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  test("that a process left when it died is no obstacle", async () => {
    const dead = spawn(process.execPath, ["-e", ""])
    await once(dead, "exit")
    for (const pid of [dead.pid, process.pid]) {
      await writeFile(join(folder, "lock"), `${pid} ${hostname()}\n`)
      expect(await withFolderLock(folder, signal, async () => "done")).toBe("done")
    }
  })

  test("of a living process is waited for until an abort", async () => {
    await writeFile(join(folder, "lock"), `${process.ppid} ${hostname()}\n`)
    const abort = new AbortController()
    const waiting = withFolderLock(folder, abort.signal, async () => "done")
    abort.abort(new Error("enough"))
    await expect(waiting).rejects.toThrow("enough")
    expect(await readdir(folder)).toEqual(["lock"])
  })

  test("is given back when the work fails", async () => {
    const begun = deferred()
    const work = async () => {
      begun.resolve()
      throw new Error("no")
    }
    await expect(withFolderLock(folder, signal, work)).rejects.toThrow("no")
    await begun.promise
    expect(await readdir(folder)).toEqual([])
  })
})

describe("a refusal is explained with what to do", () => {
  const context = {
    hosts: ["bot.example.com"],
    directory: new URL("https://acme.example/directory"),
    challenge: "http-01" as const,
    httpPort: 8080,
  }
  const explained = (type: string, detail: string, retryAfter?: number) =>
    explainAcme(
      new AcmeRefusal({ type: `urn:ietf:params:acme:error:${type}`, detail }, retryAfter),
      context,
    ).message

  test.each([
    ["rateLimited", "too many certificates", /asked again in 60 min.*`staging`/],
    ["caa", "CAA forbids it", /CAA record.*acme\.example/],
    ["dns", "NXDOMAIN", /A record/],
    ["unauthorized", "404", /answered in place of this bot: port 80 .* port 8080/],
    ["externalAccountRequired", "no account", /externalAccount/],
    ["serverInternal", "oops", /asked again later/],
  ])("%s", (type, detail, advice) => {
    const message = explained(type, detail, 3600)
    expect(message).toMatch(/^No certificate for bot\.example\.com from acme\.example: /)
    expect(message).toContain(detail)
    expect(message).toMatch(advice)
  })

  test("of several hosts the one at fault is named", () => {
    const problem = {
      type: "urn:ietf:params:acme:error:compound",
      detail: "some failed",
      subproblems: [
        {
          type: "urn:ietf:params:acme:error:caa",
          detail: "not here",
          identifier: { value: "b.example.com" },
        },
      ],
    }
    const { message } = explainAcme(new AcmeRefusal(problem), context)
    expect(message).toMatch(/some failed; b\.example\.com: not here\. A CAA record/)
  })
})
