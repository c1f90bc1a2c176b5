import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
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

test('what had arrived on the network is read before the clock says so', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  const readers: Socket[] = []
  server.on('connection', (socket) => readers.push(socket))
  const writers = Array.from({ length: 50 }, () => connect(address.port, '127.0.0.1'))
  await Promise.all(writers.map((writer) => once(writer, 'connect')))
  await vi.waitFor(() => expect(readers).toHaveLength(writers.length))

  let read = 0
  for (const reader of readers) reader.on('data', () => read++)
  for (const writer of writers) writer.write('a')
  const readBefore = await new Promise<number>((resolve) => {
    systemClock.afterArrivals(() => resolve(read))
  })
  for (const socket of [...writers, ...readers]) socket.destroy()
  server.close()
  expect(readBefore).toBe(writers.length)
})
