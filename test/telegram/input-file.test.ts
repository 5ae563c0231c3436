import { describe, expect, test } from "vitest"
import { InputFile } from "../../src/telegram/input-file.js"

describe("a file to upload", () => {
  test.each([
    ["cert.pem", "cert.pem"],
    ["/etc/sounder/cert.pem", "cert.pem"],
    ["C:\\sounder\\cert.pem", "cert.pem"],
    ["folder/", "folder"],
    ["/", "file"],
  ])("from %s is named %s", (path, filename) => {
    const file = InputFile.path(path)
    expect(file.filename).toBe(filename)
    expect(file.source).toEqual({ kind: "path", path })
  })

  test.each([
    ["https://example.com/a/cat.jpg?size=2#top", "cat.jpg"],
    ["https://example.com/", "file"],
    ["https://example.com", "file"],
  ])("from %s is named %s", (url, filename) => {
    const file = InputFile.url(url)
    expect(file.filename).toBe(filename)
    expect(file.source).toEqual({ kind: "url", url: new URL(url) })
    expect(InputFile.url(new URL(url)).filename).toBe(filename)
  })

  test("from bytes keeps them unchanged, and a text becomes UTF-8", () => {
    const bytes = new Uint8Array([1, 2, 3])
    expect(InputFile.bytes(bytes).source).toEqual({ kind: "bytes", bytes })
    const text = InputFile.bytes("ü")
    expect(text.source).toEqual({ kind: "bytes", bytes: new Uint8Array([0xc3, 0xbc]) })
    expect(text.filename).toBe("file")
  })

  test("from a stream has its size only if it is known", () => {
    const stream = new Blob(["hi"]).stream()
    expect(InputFile.stream(stream).source).toEqual({ kind: "stream", stream })
    expect(InputFile.stream(stream, { size: 2 }).source).toEqual({
      kind: "stream",
      stream,
      size: 2,
    })
  })

  test("has the given name", () => {
    const options = { filename: "my cat.jpg" }
    const files = [
      InputFile.path("a.jpg", options),
      InputFile.bytes("a", options),
      InputFile.stream(new Blob([]).stream(), options),
      InputFile.url("https://example.com/a.jpg", options),
    ]
    expect(files.map(({ filename }) => filename)).toEqual(files.map(() => "my cat.jpg"))
  })

  test.each([["a.pdf"], [new Uint8Array(1)], [new URL("https://example.com/")], [undefined]])(
    "from `new InputFile(%s)` is a TypeError that names the functions",
    (source) => {
      // JavaScript does not know that the constructor is private.
      const create = () => Reflect.construct(InputFile, [source, "a.pdf"]) as unknown
      expect(create).toThrow(TypeError)
      expect(create).toThrow("`InputFile.path(…)`")
    },
  )

  test("from an invalid URL is a TypeError that says so", () => {
    expect(() => InputFile.url("cat.jpg")).toThrow(TypeError)
  })
})
