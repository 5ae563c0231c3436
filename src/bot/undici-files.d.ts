/** Files of undici that have no types of their own. */
declare module "undici/lib/api/api-request.js" {
  import type { Dispatcher } from "undici"
  /** The method `request` of a dispatcher, which undici's entry adds to the class. */
  export default function request(
    this: Dispatcher,
    options: Dispatcher.RequestOptions,
  ): Promise<Dispatcher.ResponseData>
}

declare module "undici/lib/api/api-connect.js" {
  import type { Dispatcher } from "undici"
  /** The method `connect` of a dispatcher, which undici's entry adds to the class. */
  export default function connect(
    this: Dispatcher,
    options: Dispatcher.ConnectOptions,
  ): Promise<Dispatcher.ConnectData>
}

declare module "undici/lib/core/connect.js" {
  import { buildConnector } from "undici"
  export default buildConnector
}

declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici"
  export default Pool
}

declare module "undici/lib/dispatcher/proxy-agent.js" {
  import { ProxyAgent } from "undici"
  export default ProxyAgent
}
