import { encodeText } from '@wirebeat/core/extension'
import { SerializationError, tooDeep } from '../encoding.ts'
import { MAX_LEVELS } from '../levels.ts'
import { ByteWriter } from './byte-writer.ts'

/** Texts that are not longer are written character by character, which is faster while they are ASCII. */
const SHORT_TEXT = 128
const MAX_UINT32 = 2 ** 32 - 1
/** The type of the extension for times, as a byte. */
const TIMESTAMP = 0xff

/** Eight bytes of a number. */
const EIGHT = new DataView(new ArrayBuffer(8))
const EIGHT_BYTES = new Uint8Array(EIGHT.buffer)

/** Writes values of MessagePack one after another. Members that JSON leaves out are left out here as well. */
export class ValueWriter extends ByteWriter {
  nil(): void {
    this.byte(0xc0)
  }

  boolean(value: boolean): void {
    this.byte(value ? 0xc3 : 0xc2)
  }

  number(value: number): void {
    if (!Number.isSafeInteger(value)) this.#float(value)
    else if (value >= 0) this.#unsigned(value)
    else this.#negative(value)
  }

  text(text: string): void {
    if (text.length <= SHORT_TEXT) {
      const start = this.size
      this.#textHead(text.length)
      if (this.ascii(text)) return
      this.truncate(start)
    }
    const utf8 = encodeText(text)
    this.#textHead(utf8.length)
    this.bytes(utf8)
  }

  /** Stands before the items of an array. */
  arrayHead(length: number): void {
    if (length < 16) this.byte(0x90 | length)
    else if (length < 0x10000) this.#head(0xdc, length, 2)
    else this.#head(0xdd, length, 4)
  }

  /**
   * Any value.
   *
   * @param level how many arrays and maps are around it
   * @throws SerializationError for a value that cannot be written.
   */
  value(value: unknown, level: number): void {
    if (typeof value === 'function' || typeof value === 'symbol') throw unwritable(value)
    if (!this.#part('', value, level)) this.nil()
  }

  /**
   * A value under its key, as JSON.stringify asks for it.
   *
   * @returns `false` for what JSON leaves out. Nothing is written then.
   */
  #part(key: string | number, value: unknown, level: number): boolean {
    if (typeof value !== 'object' || value === null) return this.#primitive(value)
    const { toJSON } = value as { readonly toJSON?: unknown }
    if (ArrayBuffer.isView(value)) this.#view(value)
    else if (typeof toJSON !== 'function') this.#object(value, level)
    else if (isDate(value)) this.#date(value)
    else {
      const written: unknown = toJSON.call(value, `${key}`)
      if (typeof written !== 'object' || written === null) return this.#primitive(written)
      // Not asked once more, as in JSON.
      if (ArrayBuffer.isView(written)) this.#view(written)
      else this.#object(written, level)
    }
    return true
  }

  #primitive(value: unknown): boolean {
    if (typeof value === 'string') this.text(value)
    else if (typeof value === 'number') this.number(value)
    else if (typeof value === 'boolean') this.boolean(value)
    else if (value === null) this.nil()
    else if (typeof value === 'bigint') throw unwritable(value)
    else return false
    return true
  }

  #object(object: object, level: number): void {
    if (Array.isArray(object)) {
      this.#array(object, level)
      return
    }
    const unbox = unboxerOf(object)
    if (unbox === undefined) this.#map(object as Readonly<Record<string, unknown>>, level)
    else this.#primitive(unbox(object))
  }

  #array(items: readonly unknown[], level: number): void {
    if (level >= MAX_LEVELS) throw tooDeep()
    const { length } = items
    this.arrayHead(length)
    for (let index = 0; index < length; index++) {
      if (!this.#part(index, items[index], level + 1)) this.nil()
    }
  }

  #map(members: Readonly<Record<string, unknown>>, level: number): void {
    if (level >= MAX_LEVELS) throw tooDeep()
    const keys = Object.keys(members)
    const start = this.size
    this.#mapHead(keys.length)
    let size = 0
    for (const key of keys) {
      const member = members[key]
      if (member === undefined) continue
      const before = this.size
      this.text(key)
      if (this.#part(key, member, level + 1)) size++
      else this.truncate(before)
    }
    if (keys.length < 16) this.byteAt(start, 0x80 | size)
    else this.integerAt(start + 1, size, keys.length < 0x10000 ? 2 : 4)
  }

  #view(view: ArrayBufferView): void {
    const length = view.byteLength
    if (length < 0x100) this.#head(0xc4, length, 1)
    else if (length < 0x10000) this.#head(0xc5, length, 2)
    else this.#head(0xc6, length, 4)
    this.bytes(new Uint8Array(view.buffer, view.byteOffset, length))
  }

  /** A date that is none is null in JSON. */
  #date(date: Date): void {
    const time = date.getTime()
    if (Number.isNaN(time)) this.nil()
    else this.#timestamp(Math.floor(time / 1000), (((time % 1000) + 1000) % 1000) * 1e6)
  }

  /** In four bytes, or in eight with 30 bits of nanoseconds, or in twelve with 64 bits of seconds. */
  #timestamp(seconds: number, nanoseconds: number): void {
    const high = Math.floor(seconds / 2 ** 32)
    if (high < 0 || high > 0b11) {
      this.#head(0xc7, 12, 1)
      this.byte(TIMESTAMP)
      this.integer(nanoseconds, 4)
      this.integer(high, 4)
    } else if (high > 0 || nanoseconds > 0) {
      this.#head(0xd7, TIMESTAMP, 1)
      this.integer(nanoseconds * 4 + high, 4)
    } else {
      this.#head(0xd6, TIMESTAMP, 1)
    }
    this.integer(seconds, 4)
  }

  #unsigned(value: number): void {
    if (value < 0x80) this.byte(value)
    else if (value < 0x100) this.#head(0xcc, value, 1)
    else if (value < 0x10000) this.#head(0xcd, value, 2)
    else if (value <= MAX_UINT32) this.#head(0xce, value, 4)
    else this.#long(0xcf, value)
  }

  #negative(value: number): void {
    if (value >= -0x20) this.byte(value & 0xff)
    else if (value >= -0x80) this.#head(0xd0, value, 1)
    else if (value >= -0x8000) this.#head(0xd1, value, 2)
    else if (value >= -0x80000000) this.#head(0xd2, value, 4)
    else this.#long(0xd3, value)
  }

  #long(head: number, value: number): void {
    this.#head(head, Math.floor(value / 2 ** 32), 4)
    this.integer(value, 4)
  }

  #float(value: number): void {
    EIGHT.setFloat64(0, value)
    this.byte(0xcb)
    this.bytes(EIGHT_BYTES)
  }

  #textHead(length: number): void {
    if (length < 32) this.byte(0xa0 | length)
    else if (length < 0x100) this.#head(0xd9, length, 1)
    else if (length < 0x10000) this.#head(0xda, length, 2)
    else this.#head(0xdb, length, 4)
  }

  #mapHead(size: number): void {
    if (size < 16) this.byte(0x80 | size)
    else if (size < 0x10000) this.#head(0xde, size, 2)
    else this.#head(0xdf, size, 4)
  }

  #head(head: number, value: number, size: number): void {
    this.byte(head)
    this.integer(value, size)
  }
}

function unwritable(value: unknown): SerializationError {
  return new SerializationError(`A ${typeof value} cannot be written as MessagePack.`)
}

/** In any realm. */
function isDate(object: object): object is Date {
  return Object.prototype.toString.call(object) === '[object Date]'
}

/**
 * What makes a primitive of an object such as `new Number(1)`, of any realm. `undefined` for all other objects, of which
 * most are plain.
 */
function unboxerOf(object: object): ((box: object) => unknown) | undefined {
  if (Object.getPrototypeOf(object) === Object.prototype) return undefined
  return UNBOXERS.get(Object.prototype.toString.call(object))
}

const UNBOXERS = new Map<string, (box: object) => unknown>([
  ['[object Number]', Number],
  ['[object String]', String],
  ['[object Boolean]', (box) => Boolean.prototype.valueOf.call(box)],
  ['[object BigInt]', (box) => BigInt.prototype.valueOf.call(box)],
])
