import { type Check, passed, withFindings } from "../check.js"
import { finding } from "../finding.js"
import { probeTlsVersions, type TlsVersions } from "../probes/tls.js"
import { hostOf } from "./dns.js"
import { serverName } from "./server-name.js"

/** The check that the server offers no retired version of TLS. */
export const tlsVersionsCheck: Check = {
  name: "tls-versions",
  title: "TLS versions",
  needs: ["tls"],
  skipReason: ({ url }) => (url?.protocol === "https:" ? undefined : "the URL is not https:"),
  async look(evidence) {
    const { target, options } = evidence
    if (!target) return {}
    const versions = await probeTlsVersions(target, serverName(hostOf(evidence)), options.timeoutMs)
    return { versions }
  },
  judge({ versions }) {
    if (!versions) return passed("")
    const note = versionNumbers(versions).join(", ")
    const old = versionNumbers(versions).filter((version) => version === "1.0" || version === "1.1")
    if (old.length === 0) return passed(note)
    const texts = {
      seen: `The server still speaks TLS ${old.join(" and ")}.`,
      why: "These versions are insecure and retired. Telegram does not need them.",
      fix: "Switch them off: `ssl_protocols TLSv1.2 TLSv1.3` in nginx, `ssl-min-ver TLSv1.2` in haproxy.",
    }
    return withFindings(note, finding("tls-old-versions", texts))
  },
}

/** Returns the versions that the server speaks, as in `1.2`. */
function versionNumbers(versions: TlsVersions): string[] {
  return Object.entries(versions).flatMap(([version, isSpoken]) =>
    isSpoken ? [version === "TLSv1" ? "1.0" : version.replace("TLSv", "")] : [],
  )
}
