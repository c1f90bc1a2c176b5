import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FakeWebSocket, nextAttempt, setUp, X } from './one-socket.ts'

const BASE = 100
const CAP = 5_000

test('for any failures every delay lies within the bound of full jitter', async () => {
  const failures = fc.array(fc.constantFrom('refused', 'lost', 'timeout'), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(failures, async (kinds) => {
      const { clock, socket } = setUp({ baseDelay: BASE, maxDelay: CAP, connectTimeout: 10 })
      for (const [n, kind] of kinds.entries()) {
        if (kind === 'timeout') clock.advance(10)
        else if (kind === 'lost') FakeWebSocket.last.open().end()
        else FakeWebSocket.last.end()
        const { status } = socket
        const delay = status.state === 'waiting' ? status.retryAt - clock.now() : Number.NaN
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(Math.min(CAP, BASE * 2 ** n))
        await nextAttempt({ clock, socket })
      }
      socket.close()
    }),
  )
})

const step = fc.constantFrom('send', 'send', 'open', 'answer', 'lose', 'time')

test('whatever happens nothing is sent twice, nothing is lost, and order is kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, socket, uncertain } = setUp({
        heartbeatMessage: 'beat',
        keepAliveInterval: X,
        maxUnconfirmedSize: 2 ** 20,
      })
      /** What each connection's server has read: all before a heartbeat that it answered. */
      const proved = new Set<unknown>()
      let count = 0
      for (const what of steps) {
        const connection = FakeWebSocket.last
        const isOpen = connection.readyState === 1
        if (what === 'send') socket.send(`${count++}`)
        else if (what === 'time') clock.advance(X / 2)
        else if (what === 'open' && connection.readyState === 0) connection.open()
        else if (what === 'lose' && connection.readyState < 2) connection.end()
        else if (what === 'answer' && isOpen && connection.sent.includes('beat')) {
          const beats = connection.sent.filter((data) => data === 'beat').length
          for (let i = 0; i < beats; i++) connection.receive('beat')
          for (const data of connection.sent.slice(0, connection.sent.lastIndexOf('beat'))) {
            proved.add(data)
          }
        }
        if (socket.status.state === 'waiting') await nextAttempt({ clock, socket })
      }
      socket.close()
      FakeWebSocket.last.end()
      const sent = FakeWebSocket.made.flatMap((made) => made.sent).filter((data) => data !== 'beat')
      const unsent = socket.status.state === 'closed' ? socket.status.unsent : []
      expect([...sent, ...unsent]).toEqual(Array.from({ length: count }, (_, i) => `${i}`))
      expect(uncertain).toEqual(sent.filter((data) => !proved.has(data)))
    }),
  )
})
