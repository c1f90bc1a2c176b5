import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { adapters } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { ask, closed, open } from './client.ts'
import { startExample } from './example.ts'

/** Milliseconds that a process may take to end once its last client has left. */
const soon = () => ({ signal: AbortSignal.timeout(10_000) })

// Windows has no signals that a process could catch.
const HAS_SIGNALS = process.platform !== 'win32'

test.runIf(HAS_SIGNALS)(
  'SIGTERM sends the clients of the server away with 1001, and it ends with 0',
  async (context) => {
    const example = await startExample(context, 'server.js')
    await example.lines.next()
    const ready = `http://127.0.0.1:${example.port}/ready`
    expect((await fetch(ready)).status).toBe(200)

    const sockets = [await open(example.url), await open(example.url)]
    const ends = sockets.map(closed)
    const exit = once(example.process, 'exit', soon())
    example.process.kill('SIGTERM')
    // The first leaves at once; the other in the middle of the time over which they are sent away.
    expect(await ends[0]).toEqual({ code: 1001, reason: '' })
    expect((await fetch(ready)).status).toBe(503)
    expect(await ends[1]).toEqual({ code: 1001, reason: '' })
    expect(await exit).toEqual([0, null])
  },
)

/** Node 22.12 is the first that can share a port. */
const CAN_SHARE = process.versions.node.localeCompare('22.12', 'en', { numeric: true }) >= 0
if (!CAN_SHARE) console.warn('Left out: reuse-port.js. Node shares a port from 22.12 on.')

const SHARING = [
  { adapter: 'ws', program: 'cluster.js', can: HAS_SIGNALS },
  { adapter: 'ws', program: 'reuse-port.js', can: process.platform === 'linux' && CAN_SHARE },
  // Elsewhere the system gives all connections to one of them, or refuses the second.
  { adapter: 'uws', program: 'shared-port.js', can: process.platform === 'linux' },
]

for (const { adapter, program, can } of SHARING) {
  const runsHere = adapters.some(({ name }) => name === adapter)
  test.runIf(can && runsHere)(
    `several processes with adapter-${adapter} serve one port: ${program}`,
    async (context) => {
      const example = await startExample(context, program)
      const processes = Array.from({ length: availableParallelism() }, () => example.lines.next())
      await Promise.all(processes)
      const sockets = await Promise.all(Array.from({ length: 64 }, () => open(example.url)))
      const answers = await Promise.all(sockets.map((socket) => ask(socket, 'who?')))
      expect(new Set(answers.map(String)).size).toBe(availableParallelism())

      const ends = sockets.map(closed)
      const exit = once(example.process, 'exit', soon())
      example.process.kill('SIGTERM')
      const codes = (await Promise.all(ends)).map(({ code }) => code)
      expect(new Set(codes)).toEqual(new Set([1001]))
      expect(await exit).toEqual([0, null])
    },
  )
}
