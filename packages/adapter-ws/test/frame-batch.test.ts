import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type FrameSource, frameBatch } from '../src/frame-batch.ts'

/** A source whose stream keeps what is written to it, write by write. */
class Source implements FrameSource {
  waiting = 0
  readonly writes: Buffer[] = []
  readonly stream: Duplex

  constructor(onWrite: () => void = () => {}) {
    const written = (chunk: Buffer, done: () => void): void => {
      this.writes.push(chunk)
      onWrite()
      done()
    }
    this.stream = new Duplex({
      write: (chunk, _encoding, done) => written(chunk, done),
      writev: (chunks, done) => written(Buffer.concat(chunks.map(({ chunk }) => chunk)), done),
    })
  }

  /** All that was written. */
  get bytes(): Buffer {
    return Buffer.concat(this.writes)
  }
}

/** A socket of a server, and the client at its other end, which does not read yet. */
async function socketPair(): Promise<{ readonly source: FrameSource; readonly client: Socket }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It listens on an address, not on a path.
  const { port } = server.address() as AddressInfo
  const client = connect(port, '127.0.0.1').pause()
  const [stream] = await once(server, 'connection')
  server.close()
  onTestFinished(() => {
    client.destroy()
    stream.destroy()
  })
  return { source: { waiting: 0, stream }, client }
}

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('the frames of one turn leave in one write, at its end', async () => {
  const source = new Source()
  frameBatch.add(source, 'héllo', 'text')
  await Promise.resolve()
  frameBatch.add(source, Uint8Array.of(1, 2), 'binary')
  frameBatch.addPing(source)
  frameBatch.add(source, new Uint8Array(0), 'text')
  expect(source.writes).toEqual([])
  expect(source.waiting).toBe(8 + 4 + 2 + 2)
  await endOfTurn()
  const text = [0x81, 6, ...Buffer.from('héllo')]
  expect(source.writes).toEqual([Buffer.from([...text, 0x82, 2, 1, 2, 0x89, 0, 0x81, 0])])
  expect(source.waiting).toBe(0)
})

test.each([
  [125, [0x82, 125]],
  [126, [0x82, 126, 0, 126]],
  [20_479, [0x82, 126, 0x4f, 0xff]],
  [20_480, [0x82, 126, 0x50, 0]],
  [65_535, [0x82, 126, 0xff, 0xff]],
  [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
])('a message of %i bytes is told with the shortest length', async (size, header) => {
  const source = new Source()
  frameBatch.add(source, new Uint8Array(size).fill(7), 'binary')
  await endOfTurn()
  const { bytes } = source
  expect([...bytes.subarray(0, header.length)]).toEqual(header)
  expect(bytes.subarray(header.length)).toEqual(Buffer.alloc(size, 7))
})

test('the frames of several streams leave in their order', async () => {
  const [one, two] = [new Source(), new Source()]
  frameBatch.add(one, 'a', 'text')
  frameBatch.add(two, 'b', 'text')
  frameBatch.add(one, 'c', 'text')
  expect([one.waiting, two.waiting]).toEqual([6, 3])
  await endOfTurn()
  expect(one.bytes).toEqual(Buffer.from([0x81, 1, 97, 0x81, 1, 99]))
  expect(two.bytes).toEqual(Buffer.from([0x81, 1, 98]))
  expect([one.waiting, two.waiting]).toEqual([0, 0])
})

test('small and large messages keep their order', async () => {
  const source = new Source()
  const sizes = [1, 25_000, 2, 40_000, 3]
  for (const size of sizes) frameBatch.add(source, new Uint8Array(size).fill(size % 251), 'binary')
  await endOfTurn()
  const expected = sizes.map((size) => {
    const header = size < 126 ? [0x82, size] : [0x82, 126, size >> 8, size & 255]
    return Buffer.concat([Buffer.from(header), Buffer.alloc(size, size % 251)])
  })
  expect(source.bytes).toEqual(Buffer.concat(expected))
})

test('more than fits is sent in several writes, and what was sent is left alone', async () => {
  const source = new Source()
  for (let i = 0; i < 1_000; i++)
    frameBatch.add(source, new Uint8Array(100).fill(i % 251), 'binary')
  await endOfTurn()
  expect(source.writes.length).toBeGreaterThan(1)
  const { bytes } = source
  expect(bytes.length).toBe(1_000 * 102)
  for (let i = 0; i < 1_000; i++) expect(bytes[i * 102 + 50]).toBe(i % 251)
})

test('memory is used again once the system has taken what lay in it', async () => {
  const { source, client } = await socketPair()
  client.resume()
  // A slab at most is left from before, and held.
  const sendSlabs = async (count: number): Promise<void> => {
    for (let i = 0; i < 7 * count; i++) {
      frameBatch.add(source, new Uint8Array(10_000), 'binary')
      await endOfTurn()
    }
  }
  await sendSlabs(1)
  const allocate = vi.spyOn(Buffer, 'allocUnsafeSlow')
  onTestFinished(() => allocate.mockRestore())
  // A peer may be slow for a moment, and hold a slab; ten of them it does not.
  await sendSlabs(10)
  expect(allocate.mock.calls.length).toBeLessThan(5)
})

test('what a slow peer has not taken stays as it is while others are sent to', async () => {
  const [slow, quick] = [await socketPair(), await socketPair()]
  let count = 0
  while (slow.source.stream.writableLength === 0) {
    frameBatch.add(slow.source, new Uint8Array(10_000).fill(count++ % 251), 'binary')
    await endOfTurn()
  }
  quick.client.resume()
  for (let i = 0; i < 20; i++) {
    frameBatch.add(quick.source, new Uint8Array(10_000).fill(255), 'binary')
    await endOfTurn()
  }
  slow.source.stream.end()
  const chunks: Buffer[] = await slow.client.toArray()
  const expected = Array.from({ length: count }, (_, i) => {
    return Buffer.concat([Uint8Array.of(0x82, 126, 0x27, 0x10), Buffer.alloc(10_000, i % 251)])
  })
  expect(Buffer.concat(chunks).equals(Buffer.concat(expected))).toBe(true)
})

test('pings that fill the memory go on in another one', async () => {
  const source = new Source()
  for (let i = 0; i < 20_000; i++) frameBatch.addPing(source)
  await endOfTurn()
  expect(source.bytes).toEqual(Buffer.alloc(40_000, Buffer.from([0x89, 0])))
})

test('in a turn that does not end, frames wait for 1,024 messages that come, and no longer', () => {
  const source = new Source()
  frameBatch.add(source, 'a', 'text')
  for (let i = 0; i < 1_023; i++) frameBatch.received()
  expect(source.writes).toEqual([])
  frameBatch.received()
  expect(source.writes).toHaveLength(1)
})

test('frames that are added from within a write go out behind those that waited', async () => {
  let left = 2
  const one: Source = new Source(() => {
    if (left-- > 0) {
      frameBatch.add(two, 'later', 'text')
      frameBatch.add(one, 'later', 'text')
      frameBatch.flush()
    }
  })
  const two = new Source()
  frameBatch.add(one, 'first', 'text')
  frameBatch.add(two, 'first', 'text')
  await endOfTurn()
  const [first, later] = ['first', 'later'].map((text) =>
    Buffer.from([0x81, 5, ...Buffer.from(text)]),
  )
  expect(one.bytes).toEqual(Buffer.concat([first, later, later].flatMap((one) => one ?? [])))
  expect(two.bytes).toEqual(Buffer.concat([first, later, later].flatMap((one) => one ?? [])))
  expect([one.waiting, two.waiting]).toEqual([0, 0])
})

test('what waits for a stream that was destroyed is dropped', async () => {
  const source = new Source()
  source.stream.on('error', () => {})
  frameBatch.add(source, 'too late', 'text')
  source.stream.destroy()
  await endOfTurn()
  expect(source.writes).toEqual([])
  expect(source.waiting).toBe(0)
})
