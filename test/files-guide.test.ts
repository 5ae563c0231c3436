import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { docExamples } from "./support/doc-examples.js"
import { runGuideProgram } from "./support/guide-program.js"
import { tinyPhoto } from "./support/tiny-photo.js"

const program = docExamples("docs/guides/files.md").find(({ language }) => language === "ts")

test("the bot of the files guide saves a photo, and sends it twice: uploaded, and by its id", async () => {
  await using running = await runGuideProgram(program?.code ?? "")
  const { telegram, account, ada, folder } = running
  const photo = new Uint8Array(tinyPhoto)
  const sent = await ada.send(account, { photo })
  const uploaded = await ada.hears({ timeoutMs: 20_000 })
  expect(uploaded.caption).toBe(`Saved, ${photo.length} bytes`)
  const again = await ada.hears()
  expect(again.photo?.at(-1)?.file_unique_id).toBe(sent.photo?.at(-1)?.file_unique_id)
  const [name = ""] = readdirSync(join(folder, "photos"))
  expect(new Uint8Array(readFileSync(join(folder, "photos", name)))).toEqual(photo)
  const uploads = telegram.calls.filter(({ params }) => (params["photo"] ?? "").endsWith(" bytes)"))
  expect(uploads).toHaveLength(1)
}, 240_000)
