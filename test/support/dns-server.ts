import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"

const types = { A: 1, AAAA: 28 } as const

/** Names and their addresses. */
export type Zone = Record<string, { readonly A?: string; readonly AAAA?: string }>

/** A DNS server of a test: names outside its zone do not exist. */
export class DnsServer implements AsyncDisposable {
  readonly #socket: Socket
  /** Changes take effect at once. */
  readonly zone: Zone

  private constructor(socket: Socket, zone: Zone) {
    this.#socket = socket
    this.zone = zone
    socket.on("message", (query, { port, address }) => {
      socket.send(this.#answer(query), port, address)
    })
  }

  static async start(zone: Zone): Promise<DnsServer> {
    const socket = createSocket("udp4")
    socket.bind(0, "127.0.0.1")
    await once(socket, "listening")
    return new DnsServer(socket, zone)
  }

  /** The address, in the form that `dnsServers` takes. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, "close")
    this.#socket.close()
    await closed
  }

  #answer(query: Buffer): Buffer {
    const { name, end } = questionOf(query)
    const type = query.readUInt16BE(end - 4)
    const known = this.zone[name]
    const data = dataOf(type, known ?? {})
    const head = Buffer.from(query.subarray(0, 12))
    // A response, with recursion available; 3 is NXDOMAIN.
    head.writeUInt16BE(0x8180 | (known ? 0 : 3), 2)
    head.writeUInt16BE(data ? 1 : 0, 6)
    head.fill(0, 8, 12)
    const question = query.subarray(12, end)
    return Buffer.concat([head, question, ...(data ? [record(type, data)] : [])])
  }
}

function questionOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  while ((query[at] ?? 0) !== 0) {
    const next = at + 1 + query.readUInt8(at)
    labels.push(query.toString("latin1", at + 1, next))
    at = next
  }
  return { name: labels.join(".").toLowerCase(), end: at + 5 }
}

function dataOf(type: number, { A, AAAA }: Zone[string]): Buffer | undefined {
  if (type === types.A && A !== undefined) return Buffer.from(A.split(".").map(Number))
  if (type !== types.AAAA || AAAA === undefined) return undefined
  const [left = "", right = ""] = AAAA.split("::")
  const groups = (text: string) => (text === "" ? [] : text.split(":"))
  const missing = 8 - groups(left).length - groups(right).length
  const all = [...groups(left), ...Array.from({ length: missing }, () => "0"), ...groups(right)]
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex")
}

/** Returns a record for the name in the question, which begins at byte 12. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(0, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}
