import type { BlockList } from "node:net"
import { nodeNet } from "../ground/node-modules.js"
import { reservedBlocks } from "../telegram/network-facts.js"

/** The reserved addresses; `undefined` before the first check. */
let reserved: BlockList | undefined

/** Returns true for an IPv4 address that Telegram refuses with `IP address … is reserved`. */
export function isReservedAddress(address: string): boolean {
  return nodeNet().isIPv4(address) && (reserved ??= reservedAddresses()).check(address, "ipv4")
}

function reservedAddresses(): BlockList {
  const list = new (nodeNet().BlockList)()
  for (const [network, bits] of reservedBlocks) list.addSubnet(network, bits, "ipv4")
  return list
}
