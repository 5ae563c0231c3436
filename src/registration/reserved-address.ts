import { BlockList, isIPv4 } from "node:net"

/** The addresses that Telegram refuses to call: they cannot be on the public internet. */
const reserved = new BlockList()
const blocks: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
]
for (const [network, bits] of blocks) reserved.addSubnet(network, bits, "ipv4")

/** Whether Telegram answers `IP address … is reserved` to this IPv4 address. */
export function isReservedAddress(address: string): boolean {
  return isIPv4(address) && reserved.check(address, "ipv4")
}
