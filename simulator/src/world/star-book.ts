import type { StarTransaction, User } from "@grammyjs/types"

/** A payment in Stars that a bot has received. */
export interface StarPayment {
  readonly id: string
  readonly amount: number
  readonly payload: string
  readonly from: User
  isRefunded: boolean
  /** The subscription that the payment has begun; `undefined` for any other payment. */
  subscription?: StarSubscription
}

/** A subscription that a person pays in Stars. */
export interface StarSubscription {
  readonly periodSeconds: number
  /** The end of the paid period, as Unix time in seconds. */
  readonly expiresAt: number
  readonly isCanceledByUser: boolean
  readonly isCanceledByBot: boolean
}

/** A {@link StarBook} in a file. */
export interface SavedStars {
  readonly payments: readonly StarPayment[]
  readonly transactions: readonly StarTransaction[]
}

/** The Stars that a bot has received and refunded. */
export class StarBook {
  readonly #payments = new Map<string, StarPayment>()
  readonly #transactions: StarTransaction[] = []

  /** The current number of Stars. */
  get balance(): number {
    return this.#transactions.reduce(
      (sum, { amount, source }) => (source === undefined ? sum - amount : sum + amount),
      0,
    )
  }

  /** The transactions, the latest first. */
  get transactions(): readonly StarTransaction[] {
    return this.#transactions.toReversed()
  }

  /** Returns a payment by the id of its charge. */
  payment(id: string): StarPayment | undefined {
    return this.#payments.get(id)
  }

  /** The payments that have begun a subscription. */
  get subscribed(): StarPayment[] {
    return [...this.#payments.values()].filter(({ subscription }) => subscription !== undefined)
  }

  /** Returns payments and transactions as JSON data. */
  toJSON(): SavedStars {
    return { payments: [...this.#payments.values()], transactions: this.#transactions }
  }

  /** Restores saved payments and transactions. */
  restore({ payments, transactions }: SavedStars): void {
    for (const payment of payments) this.#payments.set(payment.id, payment)
    this.#transactions.push(...transactions)
  }

  /**
   * Records a payment.
   * @param date Unix time in seconds
   */
  paid(payment: StarPayment, date: number): void {
    this.#payments.set(payment.id, payment)
    this.#transactions.push({ ...transactionOf(payment, date), source: partnerOf(payment) })
  }

  /** Records a transaction other than a payment of an invoice. */
  record(transaction: StarTransaction): void {
    this.#transactions.push(transaction)
  }

  /**
   * Adds Stars that the owner of the bot has bought.
   * @param date Unix time in seconds
   */
  topUp(amount: number, date: number): void {
    if (amount > 0)
      this.record({ id: `top_up_${date}`, amount, date, source: { type: "fragment" } })
  }

  /**
   * Records a refund.
   * @param date Unix time in seconds
   */
  refunded(payment: StarPayment, date: number): void {
    payment.isRefunded = true
    this.#transactions.push({ ...transactionOf(payment, date), receiver: partnerOf(payment) })
  }
}

/** The Stars of a world's bots, by the id of the bot. */
export class StarBooks {
  readonly #books = new Map<number, StarBook>()

  /** Returns the book of a bot; creates an empty one for a new bot. */
  of(botId: number): StarBook {
    const book = this.#books.get(botId) ?? new StarBook()
    this.#books.set(botId, book)
    return book
  }
}

function transactionOf({ id, amount }: StarPayment, date: number) {
  return { id, amount, date }
}

function partnerOf(payment: StarPayment): NonNullable<StarTransaction["source"]> {
  const { from, payload, subscription } = payment
  return {
    type: "user",
    transaction_type: "invoice_payment",
    user: from,
    invoice_payload: payload,
    ...(subscription && { subscription_period: subscription.periodSeconds }),
  }
}
