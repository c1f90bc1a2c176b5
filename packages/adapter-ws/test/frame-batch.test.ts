import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { frameBatch } from '../src/frame-batch.ts'

/** A stream that keeps what is written to it, write by write. */
function collect(): { readonly stream: Duplex; readonly writes: Buffer[] } {
  const writes: Buffer[] = []
  const stream = new Duplex({
    write(chunk, _encoding, done) {
      writes.push(chunk)
      done()
    },
    writev(chunks, done) {
      writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)))
      done()
    },
  })
  return { stream, writes }
}

const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

test('the frames of one burst leave in one write, at the end of the callback', async () => {
  const { stream, writes } = collect()
  frameBatch.add(stream, 'héllo', 'text')
  frameBatch.add(stream, Uint8Array.of(1, 2), 'binary')
  frameBatch.add(stream, new Uint8Array(0), 'text')
  expect(writes).toEqual([])
  expect(frameBatch.sizeFor(stream)).toBe(8 + 4 + 2)
  await nextTick()
  const text = [0x81, 6, ...Buffer.from('héllo')]
  expect(writes).toEqual([Buffer.from([...text, 0x82, 2, 1, 2, 0x81, 0])])
  expect(frameBatch.sizeFor(stream)).toBe(0)
})

test.each([
  [125, [0x82, 125]],
  [126, [0x82, 126, 0, 126]],
  [4_095, [0x82, 126, 0x0f, 0xff]],
  [4_096, [0x82, 126, 0x10, 0]],
  [65_535, [0x82, 126, 0xff, 0xff]],
  [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
])('a message of %i bytes is told with the shortest length', async (size, header) => {
  const { stream, writes } = collect()
  frameBatch.add(stream, new Uint8Array(size).fill(7), 'binary')
  await nextTick()
  const sent = Buffer.concat(writes)
  expect([...sent.subarray(0, header.length)]).toEqual(header)
  expect(sent.subarray(header.length)).toEqual(Buffer.alloc(size, 7))
})

test('a frame for another stream sends what waits on its way', () => {
  const [one, two] = [collect(), collect()]
  frameBatch.add(one.stream, 'a', 'text')
  frameBatch.add(two.stream, 'b', 'text')
  expect(one.writes).toEqual([Buffer.from([0x81, 1, 97])])
  frameBatch.add(one.stream, 'c', 'text')
  frameBatch.flush()
  expect(Buffer.concat(one.writes)).toEqual(Buffer.from([0x81, 1, 97, 0x81, 1, 99]))
  expect(two.writes).toEqual([Buffer.from([0x81, 1, 98])])
})

test('small and large messages keep their order', async () => {
  const { stream, writes } = collect()
  const sizes = [1, 5_000, 2, 40_000, 3]
  for (const size of sizes) frameBatch.add(stream, new Uint8Array(size).fill(size % 251), 'binary')
  await nextTick()
  const expected = sizes.map((size) => {
    const header = size < 126 ? [0x82, size] : [0x82, 126, size >> 8, size & 255]
    return Buffer.concat([Buffer.from(header), Buffer.alloc(size, size % 251)])
  })
  expect(Buffer.concat(writes)).toEqual(Buffer.concat(expected))
})

test('more than fits is sent in several writes, and what was sent is left alone', async () => {
  const { stream, writes } = collect()
  for (let i = 0; i < 1_000; i++)
    frameBatch.add(stream, new Uint8Array(100).fill(i % 251), 'binary')
  await nextTick()
  expect(writes.length).toBeGreaterThan(1)
  const sent = Buffer.concat(writes)
  expect(sent.length).toBe(1_000 * 102)
  for (let i = 0; i < 1_000; i++) expect(sent[i * 102 + 50]).toBe(i % 251)
})

test('what waits for a stream that was destroyed is dropped', async () => {
  const { stream, writes } = collect()
  stream.on('error', () => {})
  frameBatch.add(stream, 'too late', 'text')
  stream.destroy()
  await nextTick()
  expect(writes).toEqual([])
})
