import { expectInteger } from "../ground/expect-option.js"

/** The limits of a keyboard. */
export interface KeyboardLimits {
  /** The maximum number of buttons in a row. */
  readonly columns: number
  /** The maximum number of buttons in the keyboard. */
  readonly buttons: number
}

/** The rows of a keyboard that is being made. */
export class ButtonRows<Button> {
  /** The buttons, by rows. */
  readonly rows: Button[][] = []
  readonly #limits: KeyboardLimits
  #columns: number
  #count = 0
  #beginsRow = true

  constructor(limits: KeyboardLimits) {
    this.#limits = limits
    this.#columns = limits.columns
  }

  /** Adds a button to the last row, or to a new row if the last one is full. Throws a `TypeError` for too many. */
  add(button: Button): void {
    const { buttons } = this.#limits
    if (this.#count >= buttons) {
      throw new TypeError(`Expected at most ${buttons} buttons, got more: Telegram refuses them.`)
    }
    this.#count += 1
    const last = this.rows.at(-1)
    if (!last || this.#beginsRow || last.length >= this.#columns) this.rows.push([button])
    else last.push(button)
    this.#beginsRow = false
  }

  /** Adds rows of buttons; the next button begins a row. */
  addRows(rows: readonly (readonly Button[])[]): void {
    for (const row of rows) {
      this.beginRow()
      for (const button of row) this.add(button)
    }
    this.beginRow()
  }

  /** Lets the next button begin a row. */
  beginRow(): void {
    this.#beginsRow = true
  }

  /** Begins a row. From here on, a row has at most `columns` buttons. */
  setColumns(columns: number): void {
    this.#columns = expectInteger("columns", columns, 1, this.#limits.columns)
    this.beginRow()
  }
}
