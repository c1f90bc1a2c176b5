import fc from 'fast-check'
import type { Encoded, HubEncoding } from '../../src/protocol/encoding.ts'
import type { Incoming } from '../../src/protocol/record.ts'

/** Texts with quotes, escapes, the end of a record, and characters of one to four bytes. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({
    unit: fc.constantFrom('a', '"', '\\', '\u001e', '\n', 'é', '€', '😀', '[', '}', ','),
  }),
)

/** Values that both encodings have. */
export const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    text,
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 20, noNullPrototype: true },
    ),
  ),
})).value

/** A record, and how it is written. */
export interface Written {
  readonly record: Incoming
  readonly by: (encoding: HubEncoding) => Encoded
}

/** An id, or a name: not empty, as MessagePack needs it. */
const id = text.filter((id) => id !== '')

export const written: fc.Arbitrary<Written> = fc.oneof(
  fc.constant<Written>({ record: { kind: 'ping' }, by: (encoding) => encoding.ping }),
  fc
    .record({ target: id, args: fc.array(value), id: fc.option(id, { nil: undefined }) })
    .map<Written>(({ target, args, id }) => ({
      record: { kind: 'invocation', id, target, args, streamIds: [] },
      by: (encoding) => encoding.invocation(target, args, id),
    })),
  fc.record({ id, item: value }).map<Written>(({ id, item }) => ({
    record: { kind: 'stream-item', id, isReadable: true, item },
    by: (encoding) => encoding.streamItem(id, item),
  })),
  fc.record({ id, result: value }).map<Written>(({ id, result }) => ({
    record: { kind: 'completion', id, error: undefined, hasResult: true, result },
    by: (encoding) => encoding.result(id, result),
  })),
  fc.record({ id, error: text }).map<Written>(({ id, error }) => ({
    record: { kind: 'completion', id, error, hasResult: false, result: undefined },
    by: (encoding) => encoding.failure(id, error),
  })),
  id.map<Written>((id) => ({
    record: { kind: 'completion', id, error: undefined, hasResult: false, result: undefined },
    by: (encoding) => encoding.streamEnd(id),
  })),
  fc
    .record({ error: fc.option(text, { nil: undefined }), allowReconnect: fc.boolean() })
    .map<Written>(({ error, allowReconnect }) => ({
      record: { kind: 'close', error, allowReconnect },
      by: (encoding) => encoding.close(error, allowReconnect),
    })),
  fc.maxSafeNat().map<Written>((sequenceId) => ({
    record: { kind: 'acknowledgement', sequenceId },
    by: (encoding) => encoding.acknowledgement(sequenceId),
  })),
  fc.maxSafeNat().map<Written>((sequenceId) => ({
    record: { kind: 'sequence', sequenceId },
    by: (encoding) => encoding.sequence(sequenceId),
  })),
)

/** Where bytes are cut, as parts of their length. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(
  fc.double({ min: 0, max: 1, noNaN: true }),
  { maxLength: 10 },
)

/** The bytes in parts, some of which may be empty. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length]
  places.sort((a, b) => a - b)
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

/** What is done to a byte, or to the bytes from there on. */
export const damage: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc
  .array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      kind: fc.constantFrom('set', 'insert', 'delete', 'truncate', 'repeat'),
      byte: fc.oneof(
        fc.nat(255),
        fc.constantFrom(...Buffer.from('"\\{}[],:01e\u001e\u00ff', 'latin1')),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((steps) => (bytes) => {
    let damaged = bytes
    for (const { at, kind, byte } of steps) {
      const index = Math.floor(at * damaged.length)
      const [before, after] = [damaged.subarray(0, index), damaged.subarray(index)]
      const middle = kind === 'repeat' ? after.subarray(0, 8) : Uint8Array.of(byte)
      if (kind === 'truncate') damaged = before
      else if (kind === 'delete') damaged = Buffer.concat([before, after.subarray(1)])
      else if (kind === 'set') damaged = Buffer.concat([before, middle, after.subarray(1)])
      else damaged = Buffer.concat([before, middle, after])
    }
    return damaged
  })

/** All records one after another. */
export function join(records: readonly Written[], encoding: HubEncoding): Uint8Array {
  return Buffer.concat(
    records.map(({ by }) => {
      const encoded = by(encoding)
      return typeof encoded === 'string' ? Buffer.from(encoded) : encoded
    }),
  )
}
