import type { LabeledPrice, ShippingOption } from "@grammyjs/types"

import { BoundedMap } from "../ground/bounded-map.js"

/** The terms of an invoice. */
export interface Bill {
  readonly botId: number
  readonly payload: string
  readonly currency: string
  readonly prices: readonly LabeledPrice[]
  /** Whether the price depends on the shipping address. */
  readonly isFlexible: boolean
  /** The details that the person has to provide. */
  readonly needs: readonly Need[]
  /** The maximum tip; 0 without tips. */
  readonly maxTip: number
  /** The period after which the payment is repeated; 0 for a single payment. */
  readonly subscriptionSeconds: number
}

/** The details that an invoice can require. */
export const needs = ["name", "phone_number", "email", "shipping_address"] as const

/** One of {@link needs}. */
export type Need = (typeof needs)[number]

/** A bot's answer to a shipping query or to a pre-checkout query. */
export interface PaymentAnswer {
  readonly ok: boolean
  readonly options: readonly ShippingOption[]
  /** The reason of a refusal. */
  readonly error: string
}

interface Open {
  readonly botId: number
  readonly kind: "shipping" | "checkout"
  readonly resolve: (answer: PaymentAnswer) => void
}

/** The invoices of a world, and the payment queries that bots have not answered yet. */
export class Payments {
  /** The terms by the link of the invoice, by the key of its message ({@link billKey}), or by that of its result ({@link resultKey}). */
  readonly bills = new BoundedMap<string, Bill>()
  /** The payloads of paid media, by the key of the message. */
  readonly paidMedia = new BoundedMap<string, string>()
  readonly #open = new Map<string, Open>()

  /** Adds a query. Resolves with the bot's answer. */
  asked(id: string, botId: number, kind: Open["kind"]): Promise<PaymentAnswer> {
    return new Promise((resolve) => void this.#open.set(id, { botId, kind, resolve }))
  }

  /**
   * Resolves a query with its answer; returns false if the bot has no query with this id and kind.
   */
  answer(id: string, botId: number, kind: Open["kind"], answer: PaymentAnswer): boolean {
    const open = this.#open.get(id)
    if (open?.botId !== botId || open.kind !== kind) return false
    this.#open.delete(id)
    open.resolve(answer)
    return true
  }

  /** Removes a query whose time is over. */
  expire(id: string): void {
    this.#open.get(id)?.resolve({ ok: false, options: [], error: "" })
    this.#open.delete(id)
  }

  /** Rejects all pending queries. */
  close(): void {
    for (const id of [...this.#open.keys()]) this.expire(id)
  }
}

/** Returns the key of a message with an invoice. */
export function billKey(chatId: number, messageId: number, botId: number): string {
  return `${botId}:${chatId}:${messageId}`
}

/** Returns the key of an invoice in the result of an inline query. */
export function resultKey(queryId: string, resultId: string): string {
  return `${queryId}/${resultId}`
}

/** Returns the sum of prices, in the smallest unit of the currency. */
export function total(prices: readonly LabeledPrice[]): number {
  return prices.reduce((sum, { amount }) => sum + amount, 0)
}
