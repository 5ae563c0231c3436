import { expect, test } from "vitest"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"
import { BotsBehind } from "./bots-behind.js"
import { startProxy } from "../support/real-proxy.js"

/** The configuration in the wiki of python-telegram-bot. */
const wellKnown = `
frontend  public-https
    bind        0.0.0.0:443 ssl crt /[...]/cert_bot1.pem crt /[...]/cert_bot2.pem
    option      httpclose

    use_backend bot1 if  { ssl_fc_sni bot1.example.com }
    use_backend bot2 if  { ssl_fc_sni bot2.example.com }

backend bot1
    mode            http
    option          redispatch
    server          bot1.example.com 127.0.0.1:5000 check inter 1000

backend bot2
    mode            http
    option          redispatch
    server          bot2.example.com 127.0.0.1:5001 check inter 1000
`

/** Directives that haproxy had as defaults when the wiki's page was written, and now requires. */
const required =
  "defaults\n    mode http\n    timeout connect 5s\n    timeout client 75s\n    timeout server 75s\n"

test("the widely copied haproxy configuration works, with a new connection per request", async (context) => {
  await using setup = await BotsBehind.open()
  const ports = [await freePort(), await freePort()] as const
  const [first, second] = ["bot1.example.com", "bot2.example.com"] as const
  await setup.start({ host: first, listen: `127.0.0.1:${ports[0]}`, byHand: true })
  await setup.start({ host: second, listen: `127.0.0.1:${ports[1]}`, byHand: true })
  const configuration = wellKnown
    .replace("0.0.0.0:443", `127.0.0.1:${setup.port}`)
    .replace("/[...]/cert_bot1.pem", setup.pem(first))
    .replace("/[...]/cert_bot2.pem", setup.pem(second))
    .replace("127.0.0.1:5000", `127.0.0.1:${ports[0]}`)
    .replace("127.0.0.1:5001", `127.0.0.1:${ports[1]}`)
  const options = { ...setup, configuration: required + configuration }
  await using proxy = await startProxy("haproxy", context, options)
  const ada = setup.telegram.user()
  for (const [index, { account }] of setup.bots.entries()) {
    for (const round of [1, 2, 3]) await ada.send(account, `to ${index + 1}, ${round}`)
  }
  await untilTrue(() => setup.bots.every(({ heard }) => heard.length >= 3))
  expect(
    setup.bots.map(({ heard }) => heard),
    proxy.output,
  ).toEqual([
    ["to 1, 1", "to 1, 2", "to 1, 3"],
    ["to 2, 1", "to 2, 2", "to 2, 3"],
  ])
  expect(setup.telegram.deliveries.filter(({ outcome }) => outcome !== "delivered")).toEqual([])
})
