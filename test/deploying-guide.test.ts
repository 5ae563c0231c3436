import { expect, test } from "vitest"
import { docExamples } from "./support/doc-examples.js"
import { freePort } from "./support/free-port.js"
import { runGuideProgram } from "./support/guide-program.js"
import { manifestsOf, validateManifest } from "./support/kubernetes.js"

const guide = docExamples("docs/guides/deploying.md")

/** Returns the first program of the guide that contains a text. */
function programWith(text: string): string {
  return guide.find(({ code }) => code.includes(text))?.code ?? expect.fail(text)
}

test("Kubernetes accepts the manifests of the guide", () => {
  const manifests = manifestsOf(programWith("apiVersion:"))
  expect(manifests.map(({ kind }) => kind)).toEqual(["PersistentVolumeClaim", "Deployment"])
  for (const manifest of manifests) validateManifest(manifest)
})

test("the guide's bot next to a Bot API server gets its updates in plain HTTP", async () => {
  const port = `${await freePort()}`
  const code = programWith("localMode: true").replaceAll("5000", port)
  await using running = await runGuideProgram(code, {}, "bot.ts", { simulator: { local: true } })
  const { telegram, account, ada } = running
  await telegram.calls.wait(({ method, status }) => method === "setWebhook" && status === 200, 1, {
    timeoutMs: 60_000,
  })
  await ada.send(account, "Good morning")
  expect((await ada.hears({ timeoutMs: 20_000 })).text).toBe("Good morning")
}, 240_000)
