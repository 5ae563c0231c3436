import { unexpectedOption } from "../ground/expect-option.js"
import { apacheConfiguration } from "./apache.js"
import { caddyConfiguration } from "./caddy.js"
import { haproxyConfiguration } from "./haproxy.js"
import { nginxConfiguration } from "./nginx.js"
import type { ProxyName, ProxyOptions } from "./proxy-options.js"
import { type ProxyPlan, proxyPlan } from "./proxy-plan.js"

const writers: Readonly<Record<ProxyName, (plan: ProxyPlan) => string>> = {
  haproxy: haproxyConfiguration,
  nginx: nginxConfiguration,
  caddy: caddyConfiguration,
  apache: apacheConfiguration,
}

/**
 * Returns the complete configuration of a reverse proxy in front of any number of bots, with time-outs
 * and limits for Telegram. The proxy refuses requests for a host or path that no bot has.
 *
 * @throws TypeError for wrong options, such as two bots with the same URL
 * @example
 * ```ts
 * import { proxyConfiguration } from "sounder/proxy"
 *
 * const text = proxyConfiguration("haproxy", {
 *   certificates: "/etc/haproxy/certs",
 *   bots: [
 *     { host: "bot1.example.com", server: "127.0.0.1:5000" },
 *     { host: "bot2.example.com", server: "unix:/run/bots/bot2.sock" },
 *   ],
 * })
 * ```
 */
export function proxyConfiguration(proxy: ProxyName, options: ProxyOptions): string {
  if (!Object.hasOwn(writers, proxy))
    unexpectedOption("proxy", "haproxy, nginx, caddy or apache", proxy)
  return writers[proxy](proxyPlan(options))
}
