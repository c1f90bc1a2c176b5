import { decodeText } from '@wirebeat/core/extension'
import { MAX_LEVELS } from '../levels.ts'
import { RecordError } from '../record.ts'

/** What is being read, as errors call it. */
type Kind = 'value' | 'String' | 'Int32' | 'Int64' | 'Boolean' | 'array length' | 'map length'

/** The type of the only extension of MessagePack itself. */
const TIMESTAMP = -1
/** Strings below this are cheaper to put together from their characters than to decode. */
const SHORT = 13

/** The eight bytes of a float. */
const FLOAT = new DataView(new ArrayBuffer(8))
const FLOAT_BYTES = new Uint8Array(FLOAT.buffer)

/**
 * Reads values of MessagePack one by one. Whatever a length claims, nothing is allocated that is not there.
 *
 * Every method throws a RecordError for what it cannot read.
 */
export class ValueReader {
  #bytes: Uint8Array = new Uint8Array()
  #at = 0
  #end = 0
  /** What is being read, for the error. */
  #name = ''
  #kind: Kind = 'value'

  /** Begins to read at `start`. Nothing from `end` on is looked at. */
  reset(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** A text, or `undefined` for nil. */
  text(name: string): string | undefined {
    const head = this.#begin(name, 'String')
    if ((head & 0xe0) === 0xa0) return this.#text(head & 0x1f)
    if (head === 0xc0) return undefined
    if (head === 0xd9) return this.#text(this.#unsigned(1))
    if (head === 0xda) return this.#text(this.#unsigned(2))
    if (head === 0xdb) return this.#text(this.#unsigned(4))
    return this.#fail()
  }

  integer(name: string, kind: 'Int32' | 'Int64'): number {
    const head = this.#begin(name, kind)
    if (head < 0x80) return head
    const value = this.#integer(head)
    if (value === undefined || (kind === 'Int32' && value !== (value | 0))) this.#fail()
    return value
  }

  boolean(name: string): boolean {
    const head = this.#begin(name, 'Boolean')
    if (head === 0xc2) return false
    return head === 0xc3 || this.#fail()
  }

  /** The number of the items that follow. */
  arrayLength(name: string): number {
    const head = this.#begin(name, 'array length')
    if ((head & 0xf0) === 0x90) return this.#count(head & 0x0f)
    if (head === 0xdc) return this.#count(this.#unsigned(2))
    if (head === 0xdd) return this.#count(this.#unsigned(4))
    return this.#fail()
  }

  /** The number of the keys that follow, each with a value. */
  mapSize(name: string): number {
    const head = this.#begin(name, 'map length')
    if ((head & 0xf0) === 0x80) return this.#count(head & 0x0f)
    if (head === 0xde) return this.#count(this.#unsigned(2))
    if (head === 0xdf) return this.#count(this.#unsigned(4))
    return this.#fail()
  }

  /**
   * Any value. Integers of 64 bits are rounded to numbers, and bytes are copied.
   *
   * @param level how many arrays and maps are around it
   */
  value(name: string, level: number): unknown {
    const head = this.#begin(name, 'value')
    return this.#value(head, level)
  }

  #value(head: number, level: number): unknown {
    if (head < 0x80) return head
    if (head < 0x90) return this.#map(head & 0x0f, level)
    if (head < 0xa0) return this.#array(head & 0x0f, level)
    if (head < 0xc0) return this.#text(head & 0x1f)
    switch (head) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
        return this.#copy(this.#unsigned(1))
      case 0xc5:
        return this.#copy(this.#unsigned(2))
      case 0xc6:
        return this.#copy(this.#unsigned(4))
      case 0xc7:
        return this.#extension(this.#unsigned(1))
      case 0xc8:
        return this.#extension(this.#unsigned(2))
      case 0xc9:
        return this.#extension(this.#unsigned(4))
      case 0xca:
        return this.#float(4).getFloat32(0)
      case 0xcb:
        return this.#float(8).getFloat64(0)
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (head - 0xd4))
      case 0xd9:
        return this.#text(this.#unsigned(1))
      case 0xda:
        return this.#text(this.#unsigned(2))
      case 0xdb:
        return this.#text(this.#unsigned(4))
      case 0xdc:
        return this.#array(this.#unsigned(2), level)
      case 0xdd:
        return this.#array(this.#unsigned(4), level)
      case 0xde:
        return this.#map(this.#unsigned(2), level)
      case 0xdf:
        return this.#map(this.#unsigned(4), level)
      default:
        return this.#integer(head) ?? this.#fail()
    }
  }

  /** The first byte of what is read next. */
  #begin(name: string, kind: Kind): number {
    this.#name = name
    this.#kind = kind
    return this.#byte()
  }

  #fail(): never {
    throw new RecordError(
      this.#kind.endsWith('length')
        ? `Reading ${this.#kind} for '${this.#name}' failed.`
        : `Reading '${this.#name}' as ${this.#kind} failed.`,
    )
  }

  /** A number of items or members, each of which takes a byte at least. */
  #count(count: number): number {
    return count <= this.#end - this.#at ? count : this.#fail()
  }

  #byte(): number {
    if (this.#at >= this.#end) this.#fail()
    return this.#bytes[this.#at++] as number
  }

  /** Where so many bytes start, which are passed over. */
  #take(length: number): number {
    const start = this.#at
    if (length > this.#end - start) this.#fail()
    this.#at = start + length
    return start
  }

  /** An unsigned integer of so many bytes. Of eight, what a number cannot hold is rounded. */
  #unsigned(length: number): number {
    if (length === 8) return this.#unsigned(4) * 2 ** 32 + this.#unsigned(4)
    const start = this.#take(length)
    let value = 0
    for (let at = start; at < this.#at; at++) value = value * 256 + (this.#bytes[at] as number)
    return value
  }

  #signed(length: number): number {
    if (length === 8) return this.#signed(4) * 2 ** 32 + this.#unsigned(4)
    const unused = 32 - 8 * length
    return (this.#unsigned(length) << unused) >> unused
  }

  /** An integer with a byte before it that is no integer itself, unless it is negative. */
  #integer(head: number): number | undefined {
    if (head >= 0xe0) return head - 0x100
    if (head >= 0xcc && head <= 0xcf) return this.#unsigned(1 << (head - 0xcc))
    if (head >= 0xd0 && head <= 0xd3) return this.#signed(1 << (head - 0xd0))
    return undefined
  }

  #float(length: number): DataView {
    const start = this.#take(length)
    for (let index = 0; index < length; index++) {
      FLOAT_BYTES[index] = this.#bytes[start + index] as number
    }
    return FLOAT
  }

  #text(length: number): string {
    const start = this.#take(length)
    if (length < SHORT) {
      let text = ''
      for (let at = start; at < this.#at; at++) {
        const byte = this.#bytes[at] as number
        if (byte >= 0x80) return this.#decode(start)
        text += String.fromCharCode(byte)
      }
      return text
    }
    return this.#decode(start)
  }

  #decode(start: number): string {
    return decodeText(this.#bytes.subarray(start, this.#at))
  }

  #copy(length: number): Uint8Array {
    const start = this.#take(length)
    return new Uint8Array(this.#bytes.subarray(start, this.#at))
  }

  #array(length: number, level: number): unknown[] {
    if (level >= MAX_LEVELS) this.#fail()
    const items: unknown[] = []
    for (let index = 0; index < length; index++) items.push(this.#value(this.#byte(), level + 1))
    return items
  }

  #map(size: number, level: number): Record<string, unknown> {
    if (level >= MAX_LEVELS) this.#fail()
    const map: Record<string, unknown> = {}
    for (let index = 0; index < size; index++) {
      const key = this.#value(this.#byte(), MAX_LEVELS)
      if (typeof key !== 'string' && typeof key !== 'number') this.#fail()
      // It would set the prototype.
      if (key === '__proto__') this.#fail()
      map[key as string] = this.#value(this.#byte(), level + 1)
    }
    return map
  }

  #extension(length: number): Date {
    if (this.#signed(1) !== TIMESTAMP) this.#fail()
    switch (length) {
      case 4:
        return new Date(this.#unsigned(4) * 1000)
      case 8: {
        // 30 bits of nanoseconds, and 34 bits of seconds.
        const high = this.#unsigned(4)
        return dateOf((high & 0b11) * 2 ** 32 + this.#unsigned(4), high >>> 2)
      }
      case 12: {
        const nanoseconds = this.#unsigned(4)
        return dateOf(this.#signed(8), nanoseconds)
      }
      default:
        return this.#fail()
    }
  }
}

function dateOf(seconds: number, nanoseconds: number): Date {
  return new Date(seconds * 1000 + nanoseconds / 1e6)
}
