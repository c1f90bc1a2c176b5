import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { SharedFrame } from '../src/burst.ts'
import { BINARY, TEXT } from '../src/frame.ts'
import { frameBatch } from '../src/frame-batch.ts'
import { FrameStream } from '../src/frame-stream.ts'

class Untold extends FrameStream {
  protected override taken(): void {}
}

/** A frame that many streams are sent. */
const SHARED = new SharedFrame(Buffer.from([0x82, 2, 5, 6]))

/** A stream that keeps what is written to it, write by write. */
class Target extends Untold {
  readonly writes: Buffer[]

  constructor(onWrite: () => void = () => {}) {
    const writes: Buffer[] = []
    const written = (chunk: Buffer, done: () => void): void => {
      writes.push(chunk)
      onWrite()
      done()
    }
    const stream = new Duplex({
      write: (chunk, _encoding, done) => written(chunk, done),
      writev: (chunks, done) => written(Buffer.concat(chunks.map(({ chunk }) => chunk)), done),
    })
    super(stream)
    this.writes = writes
  }

  /** All that was written. */
  get bytes(): Buffer {
    return Buffer.concat(this.writes)
  }
}

/** A socket of a server, and the client at its other end, which does not read yet. */
async function socketPair(): Promise<{ readonly target: FrameStream; readonly client: Socket }> {
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
  return { target: new Untold(stream), client }
}

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('the frames of one turn leave in one write, at its end', async () => {
  const target = new Target()
  frameBatch.add(target, 'héllo', TEXT)
  await Promise.resolve()
  frameBatch.add(target, Uint8Array.of(1, 2), BINARY)
  frameBatch.addPing(target)
  frameBatch.add(target, new Uint8Array(0), TEXT)
  expect(target.writes).toEqual([])
  expect(target.waiting).toBe(8 + 4 + 2 + 2)
  await endOfTurn()
  const text = [0x81, 6, ...Buffer.from('héllo')]
  expect(target.writes).toEqual([Buffer.from([...text, 0x82, 2, 1, 2, 0x89, 0, 0x81, 0])])
  expect(target.waiting).toBe(0)
})

test.each([
  [125, [0x82, 125]],
  [126, [0x82, 126, 0, 126]],
  [20_479, [0x82, 126, 0x4f, 0xff]],
  [20_480, [0x82, 126, 0x50, 0]],
  [65_535, [0x82, 126, 0xff, 0xff]],
  [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
])('a message of %i bytes is told with the shortest length', async (size, header) => {
  const target = new Target()
  frameBatch.add(target, new Uint8Array(size).fill(7), BINARY)
  await endOfTurn()
  const { bytes } = target
  expect([...bytes.subarray(0, header.length)]).toEqual(header)
  expect(bytes.subarray(header.length)).toEqual(Buffer.alloc(size, 7))
})

test('the frames of each stream leave in one write, in their order, whoever is sent to between', async () => {
  const [one, two] = [new Target(), new Target()]
  frameBatch.add(one, 'a', TEXT)
  frameBatch.add(two, 'b', TEXT)
  frameBatch.add(one, 'c', TEXT)
  expect([one.waiting, two.waiting]).toEqual([6, 3])
  await endOfTurn()
  expect(one.writes).toEqual([Buffer.from([0x81, 1, 97, 0x81, 1, 99])])
  expect(two.writes).toEqual([Buffer.from([0x81, 1, 98])])
  expect([one.waiting, two.waiting]).toEqual([0, 0])
})

test('a turn may bring more to all streams together than one piece of memory holds', async () => {
  const targets = Array.from({ length: 300 }, () => new Target())
  for (let i = 0; i < 5; i++) {
    for (const target of targets) {
      frameBatch.add(target, new Uint8Array(400).fill(i), BINARY)
      frameBatch.addShared(target, SHARED)
    }
  }
  await endOfTurn()
  const expected = [0, 1, 2, 3, 4].flatMap((i) => [
    Uint8Array.of(0x82, 126, 1, 144),
    new Uint8Array(400).fill(i),
    SHARED.frame,
  ])
  for (const { writes, bytes } of targets) {
    expect(writes).toHaveLength(1)
    expect(bytes.equals(Buffer.concat(expected))).toBe(true)
  }
})

describe('a frame that many streams are sent', () => {
  test('is written where it lies, when it is all that a stream is sent', async () => {
    const targets = [new Target(), new Target()]
    for (const target of targets) frameBatch.addShared(target, SHARED)
    expect(targets.map(({ waiting }) => waiting)).toEqual([4, 4])
    await endOfTurn()
    for (const { writes, waiting } of targets) {
      expect(writes).toHaveLength(1)
      expect(writes[0]).toBe(SHARED.frame)
      expect(waiting).toBe(0)
    }
  })

  test.each(['frame by frame', 'stream by stream'])(
    'is joined with others once for all streams that are sent the same (%s)',
    async (order) => {
      const targets = [new Target(), new Target(), new Target()]
      const frames = [1, 2, 3].map((i) => new SharedFrame(Buffer.from([0x82, 1, i])))
      if (order === 'frame by frame') {
        for (const frame of frames)
          for (const target of targets) frameBatch.addShared(target, frame)
      } else {
        for (const target of targets)
          for (const frame of frames) frameBatch.addShared(target, frame)
      }
      await endOfTurn()
      const [first] = targets
      expect(first?.writes).toEqual([Buffer.from([0x82, 1, 1, 0x82, 1, 2, 0x82, 1, 3])])
      for (const { writes } of targets) {
        expect(writes).toHaveLength(1)
        expect(writes[0]).toBe(first?.writes[0])
      }
    },
  )

  test('keeps its place among frames of the stream alone, in one write', async () => {
    const target = new Target()
    frameBatch.add(target, 'a', TEXT)
    frameBatch.addShared(target, SHARED)
    frameBatch.addShared(target, SHARED)
    frameBatch.add(target, 'b', TEXT)
    frameBatch.add(target, 'c', TEXT)
    frameBatch.addShared(target, SHARED)
    await endOfTurn()
    const [a, b, c] = ['a', 'b', 'c'].map((text) => Buffer.from([0x81, 1, ...Buffer.from(text)]))
    const { frame } = SHARED
    expect(target.writes).toEqual([
      Buffer.concat([a, frame, frame, b, c, frame].flatMap((one) => one ?? [])),
    ])
  })

  test('is not joined beyond 64 KiB, and leaves alone when it is large', async () => {
    const target = new Target()
    const frame = new SharedFrame(Buffer.alloc(1_000))
    for (let i = 0; i < 100; i++) frameBatch.addShared(target, frame)
    const large = new SharedFrame(Buffer.alloc(20 * 1024))
    frameBatch.addShared(target, large)
    frameBatch.addShared(target, frame)
    await endOfTurn()
    expect(target.writes.map(({ length }) => length)).toEqual([65_000, 35_000, 20_480, 1_000])
    expect(target.writes[2]).toBe(large.frame)
  })

  test('waits for a slow peer where it lies', async () => {
    const { target } = await socketPair()
    while (target.stream.writableLength === 0) {
      frameBatch.addShared(target, new SharedFrame(Buffer.alloc(64 * 1024)))
    }
    const before = process.memoryUsage().arrayBuffers
    const frame = new SharedFrame(Buffer.alloc(10_000))
    for (let i = 0; i < 1_000; i++) {
      frameBatch.addShared(target, frame)
      frameBatch.flush()
    }
    expect(target.waiting).toBe(10_000 * 1_000)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  })
})

test('small and large messages keep their order', async () => {
  const target = new Target()
  const sizes = [1, 25_000, 2, 40_000, 3]
  for (const size of sizes) frameBatch.add(target, new Uint8Array(size).fill(size % 251), BINARY)
  await endOfTurn()
  const expected = sizes.map((size) => {
    const header = size < 126 ? [0x82, size] : [0x82, 126, size >> 8, size & 255]
    return Buffer.concat([Buffer.from(header), Buffer.alloc(size, size % 251)])
  })
  expect(target.bytes).toEqual(Buffer.concat(expected))
})

test('more than fits is sent in several writes, and what was sent is left alone', async () => {
  const target = new Target()
  for (let i = 0; i < 1_000; i++) frameBatch.add(target, new Uint8Array(100).fill(i % 251), BINARY)
  await endOfTurn()
  expect(target.writes.length).toBeGreaterThan(1)
  const { bytes } = target
  expect(bytes.length).toBe(1_000 * 102)
  for (let i = 0; i < 1_000; i++) expect(bytes[i * 102 + 50]).toBe(i % 251)
})

test('memory is used again once the system has taken what lay in it', async () => {
  const { target, client } = await socketPair()
  client.resume()
  // A slab at most is left from before, and held.
  const sendSlabs = async (count: number): Promise<void> => {
    for (let i = 0; i < 7 * count; i++) {
      frameBatch.add(target, new Uint8Array(10_000), BINARY)
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
  while (slow.target.stream.writableLength === 0) {
    frameBatch.add(slow.target, new Uint8Array(10_000).fill(count++ % 251), BINARY)
    await endOfTurn()
  }
  quick.client.resume()
  for (let i = 0; i < 20; i++) {
    frameBatch.add(quick.target, new Uint8Array(10_000).fill(255), BINARY)
    await endOfTurn()
  }
  slow.target.stream.end()
  const chunks: Buffer[] = await slow.client.toArray()
  const expected = Array.from({ length: count }, (_, i) => {
    return Buffer.concat([Uint8Array.of(0x82, 126, 0x27, 0x10), Buffer.alloc(10_000, i % 251)])
  })
  expect(Buffer.concat(chunks).equals(Buffer.concat(expected))).toBe(true)
})

test('frames that wait for a slow peer arrive, all of them and in order', async () => {
  const { target, client } = await socketPair()
  const sent: Buffer[] = []
  const send = (size: number): void => {
    frameBatch.add(target, Buffer.alloc(size, sent.length % 251), BINARY)
    const header = size < 126 ? [0x82, size] : [0x82, 126, size >> 8, size & 255]
    sent.push(Buffer.concat([Buffer.from(header), Buffer.alloc(size, sent.length % 251)]))
  }
  while (target.stream.writableLength === 0) {
    send(10_000)
    await endOfTurn()
  }
  // More than one piece of memory, and what is not copied between.
  for (let i = 0; i < 300; i++) {
    send(i % 100 === 50 ? 30_000 : 1 + (i % 7) * 200)
    await endOfTurn()
  }
  expect(target.waiting).toBeGreaterThan(0)
  const all = Buffer.concat(sent)
  const got: Buffer[] = []
  let length = 0
  for await (const chunk of client) {
    got.push(chunk)
    length += chunk.length
    if (length >= all.length) break
  }
  expect(Buffer.concat(got).equals(all)).toBe(true)
  expect(target.waiting).toBe(0)
})

test('pings that fill the memory go on in another one', async () => {
  const target = new Target()
  for (let i = 0; i < 20_000; i++) frameBatch.addPing(target)
  await endOfTurn()
  expect(target.bytes).toEqual(Buffer.alloc(40_000, Buffer.from([0x89, 0])))
})

test('a pong has the data of its ping', async () => {
  const target = new Target()
  frameBatch.addPong(target, Uint8Array.of(1, 2, 3))
  await endOfTurn()
  expect(target.bytes).toEqual(Buffer.from([0x8a, 3, 1, 2, 3]))
})

test('in a turn that does not end, frames wait for 1,024 messages that come, and no longer', () => {
  const target = new Target()
  frameBatch.add(target, 'a', TEXT)
  for (let i = 0; i < 1_023; i++) frameBatch.received()
  expect(target.writes).toEqual([])
  frameBatch.received()
  expect(target.writes).toHaveLength(1)
})

test('frames that are added from within a write go out behind those that waited', async () => {
  let left = 2
  const one: Target = new Target(() => {
    if (left-- > 0) {
      frameBatch.add(two, 'later', TEXT)
      frameBatch.add(one, 'later', TEXT)
      frameBatch.flush()
    }
  })
  const two = new Target()
  frameBatch.add(one, 'first', TEXT)
  frameBatch.add(two, 'first', TEXT)
  await endOfTurn()
  const [first, later] = ['first', 'later'].map((text) =>
    Buffer.from([0x81, 5, ...Buffer.from(text)]),
  )
  expect(one.bytes).toEqual(Buffer.concat([first, later, later].flatMap((one) => one ?? [])))
  expect(two.bytes).toEqual(Buffer.concat([first, later, later].flatMap((one) => one ?? [])))
  expect([one.waiting, two.waiting]).toEqual([0, 0])
})

test('what waits for a stream that was destroyed is dropped', async () => {
  const target = new Target()
  target.stream.on('error', () => {})
  frameBatch.add(target, 'too late', TEXT)
  target.stream.destroy()
  await endOfTurn()
  expect(target.writes).toEqual([])
  expect(target.waiting).toBe(0)
})
