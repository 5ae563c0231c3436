import type { LabeledPrice, ShippingOption } from "@grammyjs/types"

import { BoundedMap } from "../ground/bounded-map.js"

/** An invoice's terms. */
export interface Bill {
  readonly botId: number
  readonly payload: string
  readonly currency: string
  readonly prices: readonly LabeledPrice[]
  /** Whether the price depends on where the goods go. */
  readonly isFlexible: boolean
  /** The details that the person has to give with the order. */
  readonly needs: readonly Need[]
  /** The greatest tip that is taken; 0 where none is. */
  readonly maxTip: number
}

/** The details that an invoice can ask for. */
export const needs = ["name", "phone_number", "email", "shipping_address"] as const

/** One of {@link needs}. */
export type Need = (typeof needs)[number]

/** A bot's answer to a shipping query or to a pre-checkout query. */
export interface PaymentAnswer {
  readonly ok: boolean
  readonly options: readonly ShippingOption[]
  /** Why not. */
  readonly error: string
}

interface Open {
  readonly botId: number
  readonly kind: "shipping" | "checkout"
  readonly resolve: (answer: PaymentAnswer) => void
}

/** The bills of a world, and the questions about them that bots have not answered yet. */
export class Payments {
  /** By the address of the invoice, or by chat and message: {@link billKey}. */
  readonly bills = new BoundedMap<string, Bill>()
  readonly #open = new Map<string, Open>()

  /** Resolves when the bot answers the query of this id. */
  asked(id: string, botId: number, kind: Open["kind"]): Promise<PaymentAnswer> {
    return new Promise((resolve) => void this.#open.set(id, { botId, kind, resolve }))
  }

  /** Ends a query; false where the bot has none of this id and kind. */
  answer(id: string, botId: number, kind: Open["kind"], answer: PaymentAnswer): boolean {
    const open = this.#open.get(id)
    if (open?.botId !== botId || open.kind !== kind) return false
    this.#open.delete(id)
    open.resolve(answer)
    return true
  }

  /** Nobody waits for a query any longer. */
  expire(id: string): void {
    this.#open.get(id)?.resolve({ ok: false, options: [], error: "" })
    this.#open.delete(id)
  }

  /** Ends everything that waits. */
  close(): void {
    for (const id of [...this.#open.keys()]) this.expire(id)
  }
}

/** Names the bill of a message. */
export function billKey(chatId: number, messageId: number, botId: number): string {
  return `${botId}:${chatId}:${messageId}`
}

/** The sum of some prices, in the smallest unit of the currency. */
export function total(prices: readonly LabeledPrice[]): number {
  return prices.reduce((sum, { amount }) => sum + amount, 0)
}
