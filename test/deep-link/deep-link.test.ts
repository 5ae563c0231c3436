import { expect, test } from "vitest"
import { deepLink, type DeepLinkOptions } from "../../src/deep-link/index.js"
import { importGraph, loadedWith, readSources } from "../support/import-graph.js"

test.each<[DeepLinkOptions, string]>([
  [{}, "https://t.me/my_bot"],
  [{ start: "winter-2_x" }, "https://t.me/my_bot?start=winter-2_x"],
  [{ start: "x".repeat(64) }, `https://t.me/my_bot?start=${"x".repeat(64)}`],
  [{ startgroup: "quiz" }, "https://t.me/my_bot?startgroup=quiz"],
  [
    { startgroup: true, admin: ["delete_messages", "anonymous"] },
    "https://t.me/my_bot?startgroup&admin=delete_messages+anonymous",
  ],
  [
    { startchannel: true, admin: ["post_messages"] },
    "https://t.me/my_bot?startchannel&admin=post_messages",
  ],
  [{ startapp: true }, "https://t.me/my_bot?startapp"],
  [
    { startapp: "x".repeat(512), mode: "compact", short_name: "game" },
    `https://t.me/my_bot/game?startapp=${"x".repeat(512)}&mode=compact`,
  ],
])("%j", (options, link) => {
  expect(deepLink("my_bot", options)).toBe(link)
  expect(deepLink("@my_bot", options)).toBe(link)
  expect(deepLink({ username: "my_bot" }, options)).toBe(link)
  expect(new URL(link).href).toBe(link)
})

test.each<[unknown, string]>([
  [{ start: "" }, "`start`"],
  [{ start: "a b" }, "`start`"],
  [{ start: "ä" }, "`start`"],
  [{ start: "x".repeat(65) }, "1 to 64"],
  [{ start: true }, "`start`"],
  [{ startgroup: "x&admin=all" }, "`startgroup`"],
  [{ startchannel: "x" }, "`startchannel`"],
  [{ startapp: "x".repeat(513) }, "1 to 512"],
  [{ start: "a", startapp: "b" }, "start, startapp"],
  [{ start: "a", admin: ["pin_messages"] }, "`admin`"],
  [{ startgroup: "a", admin: [] }, "`admin`"],
  [{ startgroup: "a", admin: ["a&b"] }, "`admin`"],
  [{ start: "a", mode: "compact" }, "`mode`"],
  [{ startapp: "a", mode: "a&b" }, "`mode`"],
  [{ short_name: "game" }, "`short_name`"],
  [{ startapp: true, short_name: "a/b" }, "`short_name`"],
  ["winter", "object of options"],
])("%j is a TypeError that names the option", (options, named) => {
  const make = () => deepLink("my_bot", options as DeepLinkOptions)
  expect(make).toThrow(TypeError)
  expect(make).toThrow(named)
})

test.each(["", "a b", "a/b", undefined])("%j is no username", (username) => {
  expect(() => deepLink(username as string)).toThrow(/`bot`/)
  expect(() => deepLink({ username: username as string })).toThrow(/`bot`/)
})

test("a program without deep links loads no part of them", () => {
  const loaded = [...loadedWith(importGraph(readSources("src")), ["src/index.ts"]).keys()]
  expect(loaded.length).toBeGreaterThan(100)
  expect(loaded.filter((path) => path.includes("deep-link"))).toEqual([])
})
