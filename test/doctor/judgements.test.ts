import { describe, expect, test } from "vitest"
import type { Check } from "../../src/doctor/check.js"
import { answerCheck } from "../../src/doctor/checks/answer.js"
import { connectionCheck } from "../../src/doctor/checks/connection.js"
import { deliveryCheck } from "../../src/doctor/checks/delivery.js"
import { tlsCheck } from "../../src/doctor/checks/tls.js"
import { examinationReport } from "../../src/doctor/examination-report.js"
import { finding } from "../../src/doctor/finding.js"
import { certificatesOnTheWire } from "../../src/doctor/probes/certificate-message.js"
import { answerOf } from "../../src/doctor/probes/dns.js"
import { decide } from "../../src/doctor/run-checks.js"
import type { Evidence, ResolvedOptions } from "../../src/doctor/evidence.js"

const now = new Date("2026-01-01T12:00:00Z")
const nowSeconds = now.getTime() / 1000

const options: ResolvedOptions = {
  url: undefined,
  bot: undefined,
  polling: false,
  localMode: false,
  cert: undefined,
  secret: undefined,
  resolve: {},
  hosts: {},
  dnsServers: undefined,
  backend: undefined,
  authorities: undefined,
  isBotMachine: false,
  pollersMs: 0,
  idleMs: 0,
  timeoutMs: 1_000,
  now: () => now,
}
const info = { url: "https://bot.example.com/", has_custom_certificate: false }

/** Returns the codes of a check's findings. */
function codesOf(
  { judge }: Check,
  evidence: Partial<Evidence>,
  ...before: Parameters<typeof finding>[0][]
) {
  const words = { seen: "", why: "", fix: "" }
  const found = before.map((code) => finding(code, words))
  return judge({ options, ...evidence }, found).findings.map(({ code }) => code)
}

describe("deliveries", () => {
  const failing = (ageSeconds: number, pending_update_count: number) => ({
    info: {
      ...info,
      pending_update_count,
      last_error_date: nowSeconds - ageSeconds,
      last_error_message: "Connection timed out",
    },
  })

  test("a recent failure counts while updates wait", () => {
    expect(codesOf(deliveryCheck, failing(100, 1))).toEqual(["delivery-fails"])
    expect(codesOf(deliveryCheck, failing(100, 0))).toEqual([])
    expect(codesOf(deliveryCheck, failing(301, 1))).toEqual([])
  })

  test("a fault found by the doctor itself is not repeated; a warning does not hide it", () => {
    expect(codesOf(deliveryCheck, failing(100, 1), "connection-refused")).toEqual([])
    expect(codesOf(deliveryCheck, failing(100, 1), "slow-answer")).toEqual(["delivery-fails"])
  })

  test("many waiting updates are a warning", () => {
    const waiting = (pending_update_count: number) => ({ info: { ...info, pending_update_count } })
    expect(codesOf(deliveryCheck, waiting(99))).toEqual([])
    expect(codesOf(deliveryCheck, waiting(100))).toEqual(["many-updates-wait"])
  })

  test("an address to which the name no longer resolves is a warning", () => {
    const at = (
      ip_address: string,
      pending_update_count = 1,
      v4 = ["149.154.1.1", "149.154.1.2"],
    ) => ({
      info: { ...info, pending_update_count, ip_address },
      dns: { kind: "found", v4, v6: [] } as const,
    })
    expect(codesOf(deliveryCheck, at("149.154.1.2"))).toEqual([])
    expect(codesOf(deliveryCheck, at("149.154.1.3"))).toEqual(["address-outdated"])
    expect(codesOf(deliveryCheck, at("<unknown>"))).toEqual([])
    const rotating = at("149.154.1.3", 0)
    expect(codesOf(deliveryCheck, rotating), "several, and nothing fails").toEqual([])
    const moved = at("149.154.1.3", 0, ["149.154.1.1"])
    expect(codesOf(deliveryCheck, moved)).toEqual(["address-outdated"])
  })

  test("a Bot API server without a connection to Telegram is reported for a while", () => {
    const lost = (ageSeconds: number) => ({
      info: {
        ...info,
        pending_update_count: 0,
        last_synchronization_error_date: nowSeconds - ageSeconds,
      },
    })
    expect(codesOf(deliveryCheck, lost(10))).toEqual(["telegram-out-of-sync"])
    expect(codesOf(deliveryCheck, lost(3_600))).toEqual([])
  })
})

describe("connections", () => {
  const target = { address: "149.154.1.1", port: 443 }

  test.each([
    [{ kind: "open", ms: 1 }, []],
    [{ kind: "refused" }, ["connection-refused"]],
    [{ kind: "reset" }, ["connection-cut"]],
    [{ kind: "timeout" }, ["unreachable"]],
    [{ kind: "unreachable", reason: "EHOSTUNREACH" }, ["unreachable"]],
  ] as const)("%j is %j", (tcp, codes) => {
    expect(codesOf(connectionCheck, { tcp, target })).toEqual(codes)
  })

  test("a connection that is refused outside and open inside has another cause", () => {
    const evidence = { tcp: { kind: "refused" }, target, isOpenLocally: true } as const
    expect(codesOf(connectionCheck, evidence)).toEqual(["listens-locally"])
  })
})

describe("answers", () => {
  const answered = (ms: number) =>
    ({ kind: "answered", status: 401, reason: "", headers: {}, body: "", ms }) as const

  test("a slow answer is a warning, garbage a fault", () => {
    expect(codesOf(answerCheck, { answer: answered(4_999) })).toEqual([])
    expect(codesOf(answerCheck, { answer: answered(5_000) })).toEqual(["slow-answer"])
    const garbage = { kind: "not-http", reason: "Expected HTTP/" } as const
    expect(codesOf(answerCheck, { answer: garbage })).toEqual(["not-http"])
  })
})

describe("the DNS answer", () => {
  type Answer = PromiseSettledResult<string[]>
  const failed = (code: string): Answer => {
    const reason = Object.assign(new Error(code), { code })
    return { status: "rejected", reason }
  }
  const found = (...value: string[]): Answer => ({ status: "fulfilled", value })

  test.each<[Answer, Answer, string]>([
    [found("1.2.3.4"), failed("ENODATA"), "found"],
    [failed("ENODATA"), found("2001:db8::1"), "found"],
    [failed("ENOTFOUND"), failed("ENOTFOUND"), "missing"],
    [failed("ENODATA"), failed("ENODATA"), "missing"],
    [failed("ETIMEOUT"), failed("ETIMEOUT"), "failed"],
    // An A record may exist if its query failed.
    [failed("ESERVFAIL"), found("2001:db8::1"), "broken"],
    [failed("ETIMEOUT"), found("2001:db8::1"), "failed"],
  ])("%j and %j is %s", (v4, v6, kind) => {
    expect(answerOf(v4, v6).kind).toBe(kind)
  })
})

test("a check without its precondition is skipped with the reason", () => {
  const blocked = new Map([["connection", "DNS"]] as const)
  const check = { needs: ["connection"], skipReason: () => "not wanted" } as const
  const whole = {
    name: "tls",
    title: "TLS",
    judge: () => ({ note: "", findings: [] }),
    ...check,
  } as const
  expect(decide(whole, { options }, blocked)).toEqual({ kind: "skip", reason: "DNS", blocks: true })
  expect(decide(whole, { options }, new Map())).toMatchObject({ reason: "not wanted" })
  expect(decide({ ...whole, skipReason: () => undefined }, { options }, new Map())).toEqual({
    kind: "run",
  })
})

describe("the Certificate message on the wire", () => {
  const message = (type: number, body: Buffer) =>
    Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 255]), body])
  const record = (bytes: Buffer) =>
    Buffer.concat([Buffer.from([22, 3, 3, bytes.length >> 8, bytes.length & 255]), bytes])
  const certificates = Buffer.from([0, 0, 11, 0, 0, 3, 1, 2, 3, 0, 0, 2, 4, 5])
  const hello = message(2, Buffer.from("hello"))

  test("is found in one record and in several records", () => {
    const both = Buffer.concat([hello, message(11, certificates)])
    const wanted = [Buffer.from([1, 2, 3]), Buffer.from([4, 5])]
    expect(certificatesOnTheWire(record(both))).toEqual(wanted)
    const halves = [record(both.subarray(0, 14)), record(both.subarray(14))]
    expect(certificatesOnTheWire(Buffer.concat(halves))).toEqual(wanted)
  })

  test("is not found if it is cut off, behind an alert, or in garbage", () => {
    const whole = record(Buffer.concat([hello, message(11, certificates)]))
    expect(certificatesOnTheWire(whole.subarray(0, -1))).toEqual([])
    expect(certificatesOnTheWire(Buffer.from([21, 3, 3, 0, 2, 2, 40]))).toEqual([])
    expect(certificatesOnTheWire(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"))).toEqual([])
    expect(certificatesOnTheWire(Buffer.alloc(0))).toEqual([])
  })
})

describe("a finding", () => {
  const seenFor = (reason: string) => {
    const tls = { kind: "failed", code: "", reason } as const
    return tlsCheck.judge({ options, tls }, []).findings[0]?.seen
  }

  test("has one full stop after a quoted text, with or without a full stop of its own", () => {
    expect(seenFor("the peer has gone.")).toMatch(/[^.] failed: the peer has gone\.$/)
    expect(seenFor("the peer has gone")).toBe(seenFor("the peer has gone."))
  })
})

describe("the report", () => {
  const words = { seen: "It was seen.", why: "It matters.", fix: "Do ".repeat(60).trim() }
  const found = finding("redirect", words)
  const examination = {
    url: "https://bot.example.com/",
    checks: [
      { name: "dns", title: "DNS", outcome: "ok", note: "1.2.3.4", findings: [] },
      { name: "answer", title: "Answer", outcome: "found", note: "301", findings: [found] },
      { name: "secret", title: "Secret", outcome: "skipped", note: "see", findings: [] },
    ],
    findings: [found],
  } as const

  test("fits the width, and has no colours by default", () => {
    const text = examinationReport(examination, { width: 60 })
    expect(text.split("\n").every((line) => line.length <= 60)).toBe(true)
    expect(text).toMatch(/^ {2}✓ DNS +1\.2\.3\.4\n {2}✗ Answer +301\n {2}– Secret +see$/m)
    expect(text).toMatch(/1 fault\.\n$/)
    expect(text).not.toContain("\u001B")
  })

  test("is coloured for a terminal", () => {
    const text = examinationReport(examination, { color: true })
    expect(text).toContain("\u001B[31m✗ redirect\u001B[0m")
  })
})
