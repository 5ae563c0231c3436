import { Bot } from "../../../src/bot/index.js"
import { Dispatcher } from "../../../src/dispatch/index.js"

/** A user of the shop. */
interface Customer {
  readonly name: string
  readonly credit: number
}

/** The database of the shop. */
export class ShopDatabase {
  /** Returns the customer with a user id. */
  customer(id: number | undefined): Promise<Customer> {
    return Promise.resolve({ name: `Customer ${id}`, credit: 5 })
  }
}

/** A router with derived values, which another file uses without annotations. */
export const shop = new Dispatcher({ bot: new Bot("1:a") })
  .decorate({ db: new ShopDatabase() })
  .derive(async (ctx) => ({ customer: await ctx.db.customer(ctx.from?.id) }))
