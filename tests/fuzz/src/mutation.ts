import fc from 'fast-check'

/** A change of bytes. Places are parts of the whole, so that they fit any length. */
export interface Mutation {
  readonly kind: 'flip' | 'set' | 'insert' | 'delete' | 'duplicate' | 'truncate' | 'splice'
  /** From 0 to 1. */
  readonly from: number
  /** From 0 to 1. */
  readonly to: number
  readonly length: number
  readonly bytes: Uint8Array
}

const interesting = fc.constantFrom(0, 1, 9, 10, 13, 32, 44, 58, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff)
const byte = fc.oneof(fc.nat(255), interesting)

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('flip', 'set', 'insert', 'delete', 'duplicate', 'truncate', 'splice'),
  from: fc.nat(4095).map((n) => n / 4096),
  to: fc.nat(4095).map((n) => n / 4096),
  length: fc.integer({ min: 1, max: 16 }),
  bytes: fc.array(byte, { minLength: 1, maxLength: 8 }).map((bytes) => Uint8Array.from(bytes)),
})

/** Mostly none or one. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(mutation, { minLength: 2, maxLength: 5 }) },
)

export function mutate(bytes: Buffer, changes: readonly Mutation[]): Buffer {
  return changes.reduce(apply, bytes)
}

function apply(bytes: Buffer, { kind, from, to, length, bytes: given }: Mutation): Buffer {
  const at = Math.floor(from * bytes.length)
  const end = Math.min(at + length, bytes.length)
  const other = Math.floor(to * bytes.length)
  const before = bytes.subarray(0, at)
  switch (kind) {
    case 'flip': {
      const flipped = Buffer.from(bytes)
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << (length & 7))
      return flipped
    }
    case 'set':
      return Buffer.concat([before, given, bytes.subarray(at + given.length)])
    case 'insert':
      return Buffer.concat([before, given, bytes.subarray(at)])
    case 'delete':
      return Buffer.concat([before, bytes.subarray(end)])
    case 'duplicate':
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at, end), bytes.subarray(end)])
    case 'truncate':
      return before
    case 'splice':
      return Buffer.concat([before, bytes.subarray(other)])
  }
}

/** Where writes end: mostly nowhere. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant([]) },
  {
    weight: 2,
    arbitrary: fc
      .uniqueArray(fc.oneof(fc.nat(40), fc.nat(400)), { minLength: 1, maxLength: 4 })
      .map((places) => places.sort((a, b) => a - b)),
  },
)

/** Seldom true. */
export const isHasty: fc.Arbitrary<boolean> = fc.nat(39).map((n) => n === 0)
