import { BlockList, isIPv4 } from "node:net"
import { reservedBlocks } from "../telegram/network-facts.js"

const reserved = new BlockList()
for (const [network, bits] of reservedBlocks) reserved.addSubnet(network, bits, "ipv4")

/** Returns true for an IPv4 address that Telegram refuses with `IP address … is reserved`. */
export function isReservedAddress(address: string): boolean {
  return isIPv4(address) && reserved.check(address, "ipv4")
}
