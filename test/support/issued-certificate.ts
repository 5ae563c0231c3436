import { execFile } from "node:child_process"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import type { TestContext } from "vitest"
import { requireServer } from "./real-servers.js"

const run = promisify(execFile)
const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

/** Creates a certificate of a new authority, with its key, by openssl. */
export async function issueCertificate(folder: string, host: string, context: TestContext) {
  const openssl = requireServer("openssl", context)
  const file = (name: string) => join(folder, name)
  const root = ["-keyout", file("root.key"), "-out", file("root.pem")]
  await run(openssl, ["req", "-x509", ...ec, "-subj", "/CN=Root", "-days", "2", ...root])
  const ask = ["-keyout", file("leaf.key"), "-out", file("leaf.csr")]
  await run(openssl, ["req", ...ec, "-subj", `/CN=${host}`, ...ask])
  const authority = ["-CA", file("root.pem"), "-CAkey", file("root.key"), "-CAcreateserial"]
  const leaf = ["-in", file("leaf.csr"), "-out", file("leaf.pem"), "-days", "1"]
  await run(openssl, ["x509", "-req", ...authority, ...leaf])
  const read = (name: string) => readFile(file(name), "utf8")
  return { key: await read("leaf.key"), cert: await read("leaf.pem") }
}

/** Creates a self-signed certificate that expired long ago, with its key. */
export async function expiredCertificate(folder: string, host: string, context: TestContext) {
  const openssl = requireServer("openssl", context)
  const [key, csr, cert] = [
    join(folder, "old.key"),
    join(folder, "old.csr"),
    join(folder, "old.pem"),
  ]
  const ca = join(folder, "ca.cnf")
  await run(openssl, ["req", ...ec, "-subj", `/CN=${host}`, "-keyout", key, "-out", csr])
  const config = [
    "[ca]\ndefault_ca=d",
    `[d]\nnew_certs_dir=${folder}\ndatabase=${join(folder, "index")}\nrand_serial=yes`,
    "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n",
  ].join("\n")
  await writeFile(ca, config)
  await writeFile(join(folder, "index"), "")
  const dates = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"]
  const files = ["-config", ca, "-selfsign", "-keyfile", key, "-in", csr, "-out", cert]
  await run(openssl, ["ca", "-batch", "-notext", ...files, ...dates])
  return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") }
}
