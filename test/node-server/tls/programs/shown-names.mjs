/** Prints which certificate each client is shown, on the Node that runs it, as JSON. */
import { once } from "node:events"
import { connect } from "node:tls"
import { createCertificate, WebhookServer } from "sounder"

const ec = await createCertificate("ec.example.com")
const otherEc = await createCertificate("other-ec.example.com")
const rsa = await createCertificate("rsa.example.com", { keyType: "rsa" })
const challenge = await createCertificate("challenge.example.com")
const acme = {
  load: async () => [],
  watch: () => ({ ready: Promise.resolve(), stop: async () => {} }),
  challengeFor: (name) => (name === "ec.example.com" ? challenge : undefined),
}

const shown = []
for (const certificates of [
  [ec, rsa, otherEc],
  [rsa, ec, otherEc],
]) {
  const server = new WebhookServer({ port: 0, certificates: [...certificates, acme] })
  const { port } = await server.start()
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"]) {
    for (const servername of ["ec.example.com", "rsa.example.com", "other-ec.example.com"]) {
      shown.push([servername, await nameFor({ port, servername, maxVersion })])
    }
    const asked = { port, servername: "ec.example.com", maxVersion, ALPNProtocols: ["acme-tls/1"] }
    shown.push(["challenge.example.com", await nameFor(asked)])
  }
  await server.close()
}
console.log(JSON.stringify({ node: process.versions.node, shown }))

async function nameFor(options) {
  const socket = connect({ ...options, rejectUnauthorized: false })
  await once(socket, "secureConnect")
  const { CN } = socket.getPeerCertificate().subject
  socket.destroy()
  return CN
}
