import { expect, test } from "vitest"
import { LoginAttempts } from "../../src/admin/login-attempts.js"

/** Returns the attempts after ten wrong passwords from an address at the time 0. */
function afterTen(address: string): LoginAttempts {
  const attempts = new LoginAttempts()
  for (let attempt = 0; attempt < 10; attempt += 1) {
    expect(attempts.waitOf(address, 0)).toBe(0)
    attempts.fail(address, 0)
  }
  return attempts
}

test("an address waits until a minute after its first wrong password", () => {
  const attempts = afterTen("192.0.2.1")
  expect(attempts.waitOf("192.0.2.1", 0)).toBe(60)
  expect(attempts.waitOf("192.0.2.1", 59_999)).toBe(1)
  expect(attempts.waitOf("192.0.2.1", 60_000)).toBe(0)
  attempts.fail("192.0.2.1", 60_000)
  expect(attempts.waitOf("192.0.2.1", 60_000)).toBe(0)
})

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["192.0.2.1", "::ffff:192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"],
  ["2001:db8::1", "2001:db8:0:0:a::"],
  ["2001:db8::", "2001:db8:0:0:1:2:3:4"],
  ["::1", "::2"],
  ["fe80::1%eth0", "fe80::2%eth1"],
])("%s and %s wait together", (one, other) => {
  expect(afterTen(one).waitOf(other, 0)).toBe(60)
})

test.each([
  ["192.0.2.1", "192.0.2.2"],
  ["192.0.2.1", "::1"],
  ["2001:db8:1:2::1", "2001:db8:1:3::1"],
  ["2001:db8::1", "2001:db8:0:1::1"],
  ["1:2:3:4::", "1:2:3::4"],
  ["::1", "1::"],
])("%s and %s are counted apart", (one, other) => {
  expect(afterTen(one).waitOf(other, 0)).toBe(0)
})

test("an address beyond the ten thousandth makes the page forget the first", () => {
  const attempts = afterTen("first")
  for (let number = 1; number < 10_000; number += 1) attempts.fail(`address ${number}`, 1)
  expect(attempts.waitOf("first", 1)).toBe(60)
  attempts.fail("one more", 1)
  expect(attempts.waitOf("first", 1)).toBe(0)
})
