import { BlockList, isIPv4 } from "node:net"
import { reservedBlocks } from "../telegram/network-facts.js"

const reserved = new BlockList()
for (const [network, bits] of reservedBlocks) reserved.addSubnet(network, bits, "ipv4")

/** Returns whether Telegram answers `IP address … is reserved` to this IPv4 address. */
export function isReservedAddress(address: string): boolean {
  return isIPv4(address) && reserved.check(address, "ipv4")
}
