// MessagePack as these tests need it: written in its shortest form, and read into a notation that shows what was
// written. It is no codec for applications, and shares nothing with the one that the hub uses.

/** A value that JSON cannot tell from another one, or that is written in a way of its own. */
export class Special {
  readonly json: string
  readonly messagePack: Buffer

  /**
   * @param json what stands for it in JSON
   * @param messagePack its bytes in MessagePack
   */
  constructor(json: string, messagePack: Buffer) {
    this.json = json
    this.messagePack = messagePack
  }
}

/** Bytes: base64 in JSON, bin in MessagePack. */
export function binary(hex: string): Special {
  const data = Buffer.from(hex, 'hex')
  return new Special(
    JSON.stringify(data.toString('base64')),
    Buffer.concat([lengthOf(data.length, [0xc4, 0xc5, 0xc6]), data]),
  )
}

/** A number with a point, also where it is whole. */
export function float(value: number): Special {
  const bytes = Buffer.alloc(9)
  bytes[0] = 0xcb
  bytes.writeDoubleBE(value, 1)
  return new Special(Number.isInteger(value) ? `${value}.0` : `${value}`, bytes)
}

/** Something that is written as it stands in each encoding. */
export function raw(json: string, hex: string): Special {
  return new Special(json, Buffer.from(hex, 'hex'))
}

export function encode(value: unknown): Buffer {
  if (value instanceof Special) return value.messagePack
  if (value === null || value === undefined) return Buffer.of(0xc0)
  if (value === false) return Buffer.of(0xc2)
  if (value === true) return Buffer.of(0xc3)
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? integer(value) : float(value).messagePack
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) {
    return Buffer.concat([sizeOf(value.length, 0x90, [0xdc, 0xdd]), ...value.map(encode)])
  }
  const entries = Object.entries(value)
  const parts = entries.flatMap(([key, member]) => [text(key), encode(member)])
  return Buffer.concat([sizeOf(entries.length, 0x80, [0xde, 0xdf]), ...parts])
}

/** A record with its length before it. */
export function framed(body: Buffer): Buffer {
  return Buffer.concat([varInt(body.length), body])
}

function varInt(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  do {
    const part = left & 0x7f
    left = Math.floor(left / 128)
    bytes.push(left > 0 ? part | 0x80 : part)
  } while (left > 0)
  return Buffer.from(bytes)
}

function text(value: string): Buffer {
  const data = Buffer.from(value)
  const head =
    data.length < 32 ? Buffer.of(0xa0 | data.length) : lengthOf(data.length, [0xd9, 0xda, 0xdb])
  return Buffer.concat([head, data])
}

function lengthOf(length: number, [byte, short, long]: readonly [number, number, number]): Buffer {
  if (length < 0x100) return Buffer.of(byte, length)
  return wide(length, short, long)
}

function sizeOf(length: number, small: number, [short, long]: readonly [number, number]): Buffer {
  return length < 16 ? Buffer.of(small | length) : wide(length, short, long)
}

function wide(length: number, short: number, long: number): Buffer {
  const bytes = Buffer.alloc(length < 0x10000 ? 3 : 5)
  bytes[0] = length < 0x10000 ? short : long
  bytes.writeUIntBE(length, 1, bytes.length - 1)
  return bytes
}

function integer(value: number): Buffer {
  if (value >= 0 && value < 0x80) return Buffer.of(value)
  if (value < 0 && value >= -32) return Buffer.of(0x100 + value)
  const bytes = Buffer.alloc(9)
  bytes[0] = value < 0 ? 0xd3 : 0xcf
  if (value < 0) bytes.writeBigInt64BE(BigInt(value), 1)
  else bytes.writeBigUInt64BE(BigInt(value), 1)
  return bytes
}

/** The records in what one message of the WebSocket brought, each in a notation that shows what was written. */
export function describeRecords(bytes: Buffer): readonly { text: string; value: unknown }[] {
  const records: { text: string; value: unknown }[] = []
  let at = 0
  while (at < bytes.length) {
    let length = 0
    let factor = 1
    let part: number
    do {
      part = bytes[at++] ?? Number.NaN
      length += (part & 0x7f) * factor
      factor *= 128
    } while (part >= 0x80)
    if (!(at + length <= bytes.length)) {
      records.push({ text: `incomplete: ${bytes.subarray(at).toString('hex')}`, value: undefined })
      break
    }
    const reader = new Notation(bytes.subarray(at, at + length))
    const [text, value] = reader.next()
    records.push({ text: reader.isAtEnd ? text : `${text} and more`, value })
    at += length
  }
  return records
}

class Notation {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  next(): readonly [text: string, value: unknown] {
    const head = this.#unsigned(1)
    if (head < 0x80) return [`${head}`, head]
    if (head < 0x90) return this.#map(head & 0x0f)
    if (head < 0xa0) return this.#array(head & 0x0f)
    if (head < 0xc0) return this.#text(head & 0x1f)
    if (head >= 0xe0) return [`${head - 0x100}`, head - 0x100]
    switch (head) {
      case 0xc0:
        return ['null', null]
      case 0xc2:
        return ['false', false]
      case 0xc3:
        return ['true', true]
      case 0xc4:
        return this.#binary(this.#unsigned(1))
      case 0xc5:
        return this.#binary(this.#unsigned(2))
      case 0xc6:
        return this.#binary(this.#unsigned(4))
      case 0xc7:
        return this.#extension(this.#unsigned(1))
      case 0xca: {
        const value = this.#take(4).readFloatBE()
        return [`float32(${value})`, value]
      }
      case 0xcb: {
        const value = this.#take(8).readDoubleBE()
        return [Number.isInteger(value) ? `${value}.0` : `${value}`, value]
      }
      case 0xcc:
      case 0xcd:
      case 0xce: {
        const value = this.#unsigned(2 ** (head - 0xcc))
        return [`${value}`, value]
      }
      case 0xcf: {
        const value = this.#take(8).readBigUInt64BE()
        return [`${value}`, value]
      }
      case 0xd0:
      case 0xd1:
      case 0xd2: {
        const size = 2 ** (head - 0xd0)
        const value = this.#take(size).readIntBE(0, size)
        return [`${value}`, value]
      }
      case 0xd3: {
        const value = this.#take(8).readBigInt64BE()
        return [`${value}`, value]
      }
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(2 ** (head - 0xd4))
      case 0xd9:
        return this.#text(this.#unsigned(1))
      case 0xda:
        return this.#text(this.#unsigned(2))
      case 0xdb:
        return this.#text(this.#unsigned(4))
      case 0xdc:
        return this.#array(this.#unsigned(2))
      case 0xdd:
        return this.#array(this.#unsigned(4))
      case 0xde:
        return this.#map(this.#unsigned(2))
      case 0xdf:
        return this.#map(this.#unsigned(4))
      default:
        return [`byte(${head.toString(16)})`, undefined]
    }
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + length)
    if (taken.length < length) throw new Error('A record of the server ends within a value.')
    this.#at += length
    return taken
  }

  #unsigned(size: number): number {
    return this.#take(size).readUIntBE(0, size)
  }

  #text(length: number): readonly [string, unknown] {
    const value = this.#take(length).toString()
    return [JSON.stringify(value), value]
  }

  #binary(length: number): readonly [string, unknown] {
    const value = this.#take(length)
    return [`bin(${value.toString('hex')})`, value]
  }

  #extension(length: number): readonly [string, unknown] {
    const type = this.#take(1).readInt8()
    return [`ext(${type}, ${this.#take(length).toString('hex')})`, undefined]
  }

  #array(length: number): readonly [string, unknown] {
    const items = Array.from({ length }, () => this.next())
    return [`[${items.map(([text]) => text).join(',')}]`, items.map(([, value]) => value)]
  }

  #map(length: number): readonly [string, unknown] {
    const members = Array.from({ length }, () => [this.next(), this.next()] as const)
    return [`{${members.map(([[key], [value]]) => `${key}:${value}`).join(',')}}`, undefined]
  }
}
