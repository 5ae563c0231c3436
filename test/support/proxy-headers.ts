const signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1")

/** Returns a header of version 2 of the PROXY protocol. Default: for TCP over IPv4. */
export function proxyHeaderV2(
  block: string,
  { command = 0x21, family = 0x11 }: { command?: number; family?: number } = {},
): Buffer {
  const bytes = Buffer.from(block.replaceAll(" ", ""), "hex")
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([signature, Buffer.from([command, family]), length, bytes])
}

/** Returns a header of version 1. */
export function proxyHeaderV1(client: string): string {
  const family = client.includes(":") ? "TCP6" : "TCP4"
  return `PROXY ${family} ${client} ${client} 56324 443\r\n`
}
