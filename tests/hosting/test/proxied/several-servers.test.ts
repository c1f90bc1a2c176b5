import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, type TestContext, test } from 'vitest'
import { freePort } from '../free-port.ts'
import { Account } from './account.ts'
import { type Kind, Life } from './life.ts'
import { nginx } from './nginx.ts'
import { startProxy } from './proxy.ts'

const GROUPS = 10
const CLIENTS_IN_GROUP = 30
/** How long after a server has gone a gap may be told, in milliseconds. */
const TOLD_WITHIN = 20_000

test('three servers, of which one is killed and one shut down: what clients did not get was told', async (context) => {
  const redis = await startRedis(context)
  const account = new Account()
  const [one, two, three] = [
    await startServer(context, 'one', redis, account),
    await startServer(context, 'two', redis, account),
    await startServer(context, 'three', redis, account),
  ]
  const { port } = await startProxy(context, nginx, { servers: [one.port, two.port, three.port] })
  const lives: Life[] = []
  let isOver = false
  context.onTestFinished(() => {
    isOver = true
    for (const life of lives) life.leave()
  })

  /** A client that connects again, whenever its connection has ended. */
  const client = async (kind: Kind, group: number): Promise<void> => {
    while (!isOver) {
      try {
        const life = await Life.begin(kind, group, port)
        lives.push(life)
        await life.ended()
      } catch {
        // The proxy has not noticed yet which server has gone.
      }
      await pause(1_000 * Math.random())
    }
  }
  const open = () => lives.filter((life) => life.isOpen && life.server !== '')
  const all = 2 * GROUPS * CLIENTS_IN_GROUP
  const everybodyIsThere = async (): Promise<void> => {
    await expect.poll(() => open().length, { timeout: 60_000 }).toBe(all)
  }

  for (let place = 0; place < all / 2; place++) {
    for (const kind of ['raw', 'hub'] as const) client(kind, place % GROUPS).catch(() => {})
    // Not all of them shake hands at the same time.
    if (place % 25 === 0) await pause(100)
  }
  await everybodyIsThere()
  const before = new Set(open().map(({ server }) => server))
  expect([...before].toSorted()).toEqual(['one', 'three', 'two'])
  await pause(3_000)

  two.process.kill('SIGKILL')
  await pause(500)
  await everybodyIsThere()
  await pause(2_000)

  three.process.kill('SIGTERM')
  expect((await once(three.process, 'exit'))[0]).toBe(0)
  await everybodyIsThere()
  await pause(2_000)

  one.process.kill('SIGUSR2')
  await pause(TOLD_WITHIN)
  expect(new Set(open().map(({ server }) => server))).toEqual(new Set(['one']))
  const ends = new Map<string, number>()
  for (const { kind, server, code } of lives) {
    const end = `${kind} ${server} ${code}`
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  expect([...ends.keys()].toSorted()).toEqual([
    'hub one undefined',
    'hub three 1001',
    'hub two 1006',
    'raw one undefined',
    'raw three 1001',
    'raw two 1006',
  ])

  for (const life of lives) {
    for (const numbers of life.received.values()) {
      // In order, and each of them once.
      expect(numbers).toEqual([...new Set(numbers)].toSorted((first, other) => first - other))
    }
  }
  const missing = lives.flatMap((life) => [...account.missing(life)])
  const untold = missing.filter((one) => !account.isTold(one))
  expect(untold, account.gaps.join('\n')).toEqual([])
  // The broker was well all the time, so that nothing is missing but what the killed server did not send any more.
  expect(missing.filter(({ publisher }) => publisher !== 'two')).toEqual([])
  // A server that says good-bye leaves nothing open. One that is slow to read may tell a gap for what was published just
  // before it had joined.
  expect(account.gaps.filter((gap) => gap.includes(' server-gone three:'))).toEqual([])
  const received = lives.reduce((sum, life) => sum + [...life.received.values()].flat().length, 0)
  expect(received).toBeGreaterThan(account.publications * CLIENTS_IN_GROUP * 0.5)
}, 240_000)

/** A server in a process of its own. */
interface RunningServer {
  readonly process: ChildProcess
  readonly port: number
}

async function startServer(
  { onTestFinished }: TestContext,
  name: string,
  redis: number,
  account: Account,
): Promise<RunningServer> {
  const program = fileURLToPath(new URL('several-servers-server.js', import.meta.url))
  const child = spawn(process.execPath, [program, name, String(redis)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const port = new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('listening ')) resolve(Number(line.split(' ')[1]))
      else account.take(name, line)
    })
    child.on('exit', () => reject(new Error(`The server ${name} has ended.`)))
  })
  return { process: child, port: await port }
}

/** Returns its port. */
async function startRedis({ onTestFinished }: TestContext): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'wirebeat-redis-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const port = await freePort()
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '']
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('Ready to accept connections')) break
  }
  child.stdout.resume()
  return port
}
