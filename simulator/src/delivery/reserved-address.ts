import { BlockList } from "node:net"

const reserved = new BlockList()
for (const block of [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
]) {
  const [network = "", bits] = block.split("/")
  reserved.addSubnet(network, Number(bits), "ipv4")
}

/** Returns whether Telegram's cloud refuses to send updates to this IPv4 address. */
export function isReservedAddress(address: string): boolean {
  return reserved.check(address, "ipv4")
}
