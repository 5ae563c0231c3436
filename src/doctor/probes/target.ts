/** Where a connection goes. */
export interface Target {
  /** An IP address. */
  readonly address: string
  /** The port. */
  readonly port: number
}
