/** Returns an amount of money as people write it. @param total_amount in the smallest unit of the currency */
export function moneyOf(money: {
  readonly currency: string
  readonly total_amount: number
}): string {
  const { currency, total_amount: amount } = money
  if (currency === "XTR") return amount === 1 ? "1 Star" : `${amount} Stars`
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
