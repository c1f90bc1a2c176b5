import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/runtime/clock.ts'

describe('the clock of the process', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('counts milliseconds', () => {
    const start = systemClock.now()
    vi.advanceTimersByTime(1_500)
    expect(systemClock.now() - start).toBe(1_500)
  })

  test('does not follow the wall clock', () => {
    const start = systemClock.now()
    vi.setSystemTime(0)
    expect(systemClock.now()).toBe(start)
  })

  test('calls back once, after the delay', () => {
    let calls = 0
    systemClock.schedule(() => calls++, 100)
    vi.advanceTimersByTime(99)
    expect(calls).toBe(0)
    vi.advanceTimersByTime(1_000)
    expect(calls).toBe(1)
  })

  test('does not call back once that was cancelled', () => {
    let calls = 0
    const cancel = systemClock.schedule(() => calls++, 100)
    cancel()
    cancel()
    vi.advanceTimersByTime(1_000)
    expect(calls).toBe(0)
  })
})

describe('before the clock says that it was read', () => {
  let server: Server
  let readers: Socket[]
  let writers: Socket[]

  beforeEach(async () => {
    readers = []
    server = createServer((socket) => readers.push(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('no port')
    const { port } = address
    writers = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'))
    await Promise.all(writers.map((writer) => once(writer, 'connect')))
    await vi.waitFor(() => expect(readers).toHaveLength(writers.length))
  })
  afterEach(() => {
    for (const socket of [...writers, ...readers]) socket.destroy()
    server.close()
  })

  test('what had arrived on the network was read', async () => {
    let read = 0
    for (const reader of readers) reader.on('data', () => read++)
    for (const writer of writers) writer.write('a')
    const readBefore = await new Promise<number>((resolve) => {
      systemClock.afterArrivals(() => resolve(read))
    })
    expect(readBefore).toBe(writers.length)
  })

  test('what had arrived while a single read took long was read', async () => {
    const [busy, ...others] = readers
    let read = 0
    for (const reader of others) reader.on('data', () => read++)
    const readBefore = new Promise<number>((resolve) => {
      busy?.once('data', () => {
        for (const writer of writers) writer.write('a')
        systemClock.afterArrivals(() => resolve(read))
      })
    })
    // Both come in one turn, so that a message to oneself is under way when the clock is asked.
    const { port1, port2 } = new MessageChannel()
    port1.once('message', () => port1.close())
    for (const writer of writers) if (writer.localPort === busy?.remotePort) writer.write('a')
    port2.postMessage(undefined)
    expect(await readBefore).toBe(others.length)
  })
})
