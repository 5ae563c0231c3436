/** The address and port of a server. */
export interface Target {
  /** The IP address. */
  readonly address: string
  /** The TCP port. */
  readonly port: number
}
