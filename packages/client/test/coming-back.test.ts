import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeWebSocket, nextAttempt, settle, setUp, X } from './one-socket.ts'

const page = { events: new EventTarget(), document: { visibilityState: 'visible' } }

function tell(type: string): void {
  page.events.dispatchEvent(new Event(type))
}

const EVENTS = ['online', 'pageshow', 'resume', 'visibilitychange']
/** The status after a question that was not answered. */
const silent = expect.objectContaining({ state: 'waiting', cause: 'heartbeat' })
const beating = { heartbeatMessage: 'beat', keepAliveInterval: 120_000 }

beforeEach(() => {
  page.events = new EventTarget()
  page.document.visibilityState = 'visible'
  vi.stubGlobal('addEventListener', page.events.addEventListener.bind(page.events))
  vi.stubGlobal('document', page.document)
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe.each(EVENTS)('on %s', (type) => {
  test('a socket that waits connects at once', async () => {
    const { socket } = setUp()
    FakeWebSocket.last.end()
    tell(type)
    expect(socket.status).toMatchObject({ state: 'connecting', attempt: 1 })
    await settle()
    expect(FakeWebSocket.made).toHaveLength(2)
  })

  test('an attempt that hangs is given up for a new one, and is no failure', async () => {
    const { clock, socket } = setUp()
    const hanging = FakeWebSocket.last
    clock.advance(1_000)
    tell(type)
    await settle()
    expect(FakeWebSocket.made).toHaveLength(2)
    expect(hanging.closes).toHaveLength(1)
    hanging.open()
    expect(socket.status).toMatchObject({ state: 'connecting', attempt: 1 })
    clock.advance(9_999)
    FakeWebSocket.last.open()
    expect(socket.status.state).toBe('open')
  })

  test('an attempt that has just begun goes on', async () => {
    const { clock } = setUp()
    clock.advance(999)
    tell(type)
    await settle()
    expect(FakeWebSocket.made).toHaveLength(1)
  })

  test('an open connection is asked, and is lost when it does not answer', () => {
    const { clock, socket, statuses } = setUp({ ...beating, connectTimeout: 7_000 })
    const connection = FakeWebSocket.last.open()
    tell(type)
    expect(connection.sent).toEqual(['beat'])
    clock.advance(6_999)
    expect(socket.status.state).toBe('open')
    clock.advance(1)
    expect(statuses).toContainEqual(silent)
    expect(socket.status.state).toBe('connecting')
  })

  test('an open connection that answers goes on as before', () => {
    const { clock, socket } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    tell(type)
    connection.receive('beat')
    clock.advance(119_999)
    expect(connection.sent).toEqual(['beat'])
    expect(socket.status.state).toBe('open')
  })

  test('a socket that has ended stays so', async () => {
    const { socket } = setUp()
    FakeWebSocket.last.end()
    socket.close()
    tell(type)
    await settle()
    expect(FakeWebSocket.made).toHaveLength(1)
    expect(socket.status.state).toBe('closed')
  })
})

test('several events of one return make one attempt, and ask once', async () => {
  const { clock, socket } = setUp(beating)
  for (const type of EVENTS) {
    tell(type)
    tell(type)
  }
  const connection = FakeWebSocket.last.open()
  for (const type of EVENTS) tell(type)
  expect(connection.sent).toEqual(['beat'])
  connection.end()
  for (const type of EVENTS) tell(type)
  await settle()
  expect(FakeWebSocket.made).toHaveLength(2)
  clock.advance(999)
  for (const type of EVENTS) tell(type)
  expect(socket.status.state).toBe('connecting')
  expect(FakeWebSocket.made).toHaveLength(2)
})

test('a page that is asked again and again does not keep a dead connection', () => {
  const { clock, statuses } = setUp(beating)
  FakeWebSocket.last.open()
  for (let i = 0; i < 5; i++) {
    tell('visibilitychange')
    clock.advance(2_000)
  }
  expect(statuses).toContainEqual(silent)
})

test('a loss that is told only after the return is made good at once', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1)
  const { clock, socket } = setUp(beating)
  const connection = FakeWebSocket.last.open()
  // As Chromium does it with a page from its back-forward cache.
  tell('pageshow')
  connection.end()
  expect(socket.status).toMatchObject({ state: 'waiting', retryAt: clock.now() })
  await nextAttempt({ clock, socket })
  FakeWebSocket.last.open().end()
  expect(socket.status).toMatchObject({ state: 'waiting', retryAt: clock.now() + 2_000 })
})

test('short visits of a page add no failures', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1)
  const { clock, socket } = setUp()
  for (let i = 0; i < 5; i++) {
    FakeWebSocket.last.end()
    const { status } = socket
    expect(status.state === 'waiting' && status.retryAt - clock.now()).toBe(1_000)
    tell('visibilitychange')
    await settle()
  }
})

test('a page that is hidden changes nothing', async () => {
  const { clock, socket } = setUp(beating)
  const connection = FakeWebSocket.last.open()
  page.document.visibilityState = 'hidden'
  for (const type of EVENTS) tell(type)
  sleep(3_600_000)
  clock.advance(5_000)
  expect(connection.sent).toEqual([])
  connection.end()
  tell('visibilitychange')
  expect(socket.status.state).toBe('waiting')
})

describe('a machine that has slept, whose monotonic clock stood still', () => {
  test('asks an open connection within five seconds', () => {
    const { clock, statuses } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    clock.advance(60_000)
    expect(connection.sent).toEqual([])
    sleep(10_001)
    clock.advance(5_000)
    expect(connection.sent).toEqual(['beat'])
    clock.advance(10_000)
    expect(statuses).toContainEqual(silent)
  })

  test('connects within five seconds where it waits, in a worker too', async () => {
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('addEventListener', undefined)
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const { clock, socket } = setUp({ baseDelay: 30_000 })
    FakeWebSocket.last.end()
    sleep(60_000)
    clock.advance(5_000)
    expect(socket.status).toMatchObject({ state: 'connecting', attempt: 1 })
    await settle()
    expect(FakeWebSocket.made).toHaveLength(2)
  })

  test('changes nothing where the timers are only a little late', () => {
    const { clock } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    sleep(4_000)
    clock.advance(5_000)
    expect(connection.sent).toEqual([])
  })
})

test('without a heartbeat an open connection is left alone', () => {
  const { clock, socket } = setUp({ serverTimeout: 20 * X })
  const connection = FakeWebSocket.last.open()
  clock.advance(11 * X)
  tell('pageshow')
  clock.advance(9 * X - 1)
  expect(connection.sent).toEqual([])
  expect(socket.status.state).toBe('open')
})

test('nothing is left behind by a socket that has ended', async () => {
  const { clock, socket } = setUp()
  FakeWebSocket.last.end()
  await nextAttempt({ clock, socket })
  socket.close()
  expect(clock.pending).toBe(0)
})

/** Sets the wall clock on. */
function sleep(milliseconds: number): void {
  const now = Date.now() + milliseconds
  vi.spyOn(Date, 'now').mockReturnValue(now)
}
