import fc from 'fast-check'
import { deflate } from './deflate.ts'
import type { Input } from './input.ts'
import { cuts, isHasty, mutate, mutations } from './mutation.ts'

interface Frame {
  readonly fin: boolean
  readonly rsv: number
  readonly opcode: number
  readonly payload: Uint8Array
  readonly isMasked: boolean
  /** Bytes that hold the length; as few as can be where it is not given. */
  readonly lengthSize?: 0 | 2 | 8
  /** What is said instead of the length. */
  readonly saidLength?: bigint
  readonly mask: number
}

const mask = fc.oneof({ weight: 4, arbitrary: fc.nat(0xffff_ffff) }, fc.constant(0))

const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(124, 125, 126, 127, 1_023, 1_024).map((n) => 't'.repeat(n)),
  },
)
const someBytes = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 125, 126, 127, 2_000).map((n) => new Uint8Array(n)) },
)
/** Now and then a size at which the form of the length or the limit changes. */
const large = fc
  .constantFrom(65_535, 65_536, 65_537, 131_072, 131_073)
  .map((n) => new Uint8Array(n))
const utf8 = text.map((content) => new TextEncoder().encode(content))

const content = fc.oneof(
  { weight: 100, arbitrary: fc.record({ opcode: fc.constant(1), payload: utf8 }) },
  { weight: 80, arbitrary: fc.record({ opcode: fc.constant(2), payload: someBytes }) },
  { weight: 15, arbitrary: fc.record({ opcode: fc.constant(1), payload: someBytes }) },
  { weight: 1, arbitrary: fc.record({ opcode: fc.constantFrom(1, 2), payload: large }) },
)

const control = fc
  .record({
    opcode: fc.constantFrom(9, 10),
    payload: fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constant(new Uint8Array(125))),
    mask,
  })
  .map((frame): Frame => ({ ...frame, fin: true, rsv: 0, isMasked: true }))

/** A message as it should be, whole or in fragments with control frames between. */
const messages = (compressed: number) =>
  fc
    .record({
      content,
      isCompressed: fc.nat(99).map((n) => n < compressed),
      places: fc.oneof(fc.constant<number[]>([]), fc.array(fc.nat(40), { maxLength: 4 })),
      between: fc.array(control, { maxLength: 2 }),
      mask,
    })
    .map(({ content: { opcode, payload }, isCompressed, places, between, mask }) => {
      const data = isCompressed ? deflate(payload) : payload
      const ends = [...new Set(places.map((place) => Math.min(place, data.length)))]
      const starts = [0, ...ends.sort((a, b) => a - b)]
      return starts.flatMap((start, i): Frame[] => {
        const fragment = {
          fin: i === starts.length - 1,
          rsv: i === 0 && isCompressed ? 4 : 0,
          opcode: i === 0 ? opcode : 0,
          payload: data.subarray(start, starts[i + 1]),
          isMasked: true,
          mask,
        }
        return i === 1 ? [...between, fragment] : [fragment]
      })
    })

const code = fc.oneof(
  fc.constantFrom(1000, 1001, 1004, 1005, 1006, 1007, 1012, 1014, 1015, 3000, 4000, 4999, 5000),
  fc.nat(0xffff),
)
const close = fc
  .record({
    code,
    reason: fc.oneof(utf8, fc.uint8Array({ maxLength: 8 })),
    size: fc.nat(130),
    mask,
  })
  .map(({ code, reason, size, mask }): Frame[] => {
    const payload = Buffer.concat([Buffer.of(code >> 8, code & 0xff), reason]).subarray(0, size)
    return [{ fin: true, rsv: 0, opcode: 8, payload, isMasked: true, mask }]
  })

/** A frame of any kind, most of them wrong. */
const odd = fc
  .record({
    fin: fc.boolean(),
    rsv: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(7)),
    opcode: fc.nat(15),
    payload: someBytes,
    isMasked: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    lengthSize: fc.constantFrom(undefined, undefined, 2, 8),
    saidLength: fc.oneof(
      { weight: 5, arbitrary: fc.constant(undefined) },
      fc.bigInt(0n, 2n ** 64n - 1n),
      fc.constantFrom(126n, 65_536n, 65_537n, 2n ** 31n, 2n ** 32n + 5n, 2n ** 53n, 2n ** 63n),
    ),
    mask,
  })
  .map(({ lengthSize, saidLength, ...frame }): Frame[] => [
    {
      ...frame,
      ...(lengthSize !== undefined && { lengthSize }),
      ...(saidLength !== undefined && { saidLength }),
    },
  ])

/** Compressed data that may be none. */
const garbled = fc
  .record({ data: fc.uint8Array({ maxLength: 40 }), opcode: fc.constantFrom(1, 2), mask })
  .map(({ data, opcode, mask }): Frame[] => [
    { fin: true, rsv: 4, opcode, payload: data, isMasked: true, mask },
  ])

/** More than the limit when it is inflated. */
const bomb = fc
  .constantFrom(65_537, 131_073, 3_000_000)
  .map((size): Frame[] => [
    { fin: true, rsv: 4, opcode: 2, payload: bombOf(size), isMasked: true, mask: 0 },
  ])

const bombs = new Map<number, Buffer>()

function bombOf(size: number): Buffer {
  const made = bombs.get(size) ?? deflate(Buffer.alloc(size))
  bombs.set(size, made)
  return made
}

/** @param compressed of a hundred messages */
const steps = (compressed: number) =>
  fc.array(
    fc.oneof(
      { weight: 60, arbitrary: messages(compressed) },
      { weight: 20, arbitrary: control.map((frame) => [frame]) },
      { weight: 5, arbitrary: close },
      { weight: 5, arbitrary: odd },
      { weight: 3, arbitrary: garbled },
      { weight: 1, arbitrary: bomb },
    ),
    { minLength: 1, maxLength: 5 },
  )

const inputs = (compression: boolean): fc.Arbitrary<Input> =>
  fc
    .record({
      bytes: fc.oneof(
        {
          weight: 20,
          arbitrary: steps(compression ? 40 : 3).map((all) =>
            Buffer.concat(all.flat().map(encode)),
          ),
        },
        { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 40 }).map(Buffer.from) },
      ),
      mutations,
      cuts,
      isHasty,
      compression: fc.constant(compression),
    })
    .map(({ bytes, mutations, ...rest }) => ({ ...rest, bytes: mutate(bytes, mutations) }))

/** Bytes for a connection that is open and between messages. */
export const frameInput: fc.Arbitrary<Input> = fc.oneof(inputs(false), inputs(true))

function encode({ fin, rsv, opcode, payload, isMasked, mask, ...length }: Frame): Buffer {
  const said = length.saidLength ?? BigInt(payload.length)
  const size = length.lengthSize ?? (said < 126n ? 0 : said < 65_536n ? 2 : 8)
  const header = Buffer.alloc(2 + size + (isMasked ? 4 : 0))
  const short = size === 0 ? Number(said) & 0x7f : size === 2 ? 126 : 127
  header[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  header[1] = (isMasked ? 0x80 : 0) | short
  if (size === 2) header.writeUInt16BE(Number(said & 0xffffn), 2)
  if (size === 8) header.writeBigUInt64BE(said, 2)
  if (!isMasked) return Buffer.concat([header, payload])
  header.writeUInt32BE(mask, 2 + size)
  const maskBytes = header.subarray(2 + size)
  return Buffer.concat([header, payload.map((byte, i) => byte ^ (maskBytes[i & 3] ?? 0))])
}
