import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { inspect } from 'node:util'
import { natsBackplane } from '@wirebeat/backplane-nats'
import { redisBackplane } from '@wirebeat/backplane-redis'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { type Backplane, createTopics, type Topics } from '@wirebeat/topics'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort, natsWith, REDIS, type RunningBroker, startBroker } from './broker.ts'
import { connection } from './loss.ts'

const SECRET = 'c0rrect-h0rse'
const WRONG = 'wr0ng-battery'

// As the README of the package lists them.
const RIGHTS = '+publish +subscribe +unsubscribe +ping +hello +client'

/** A broker that lets in who knows the secret, over TLS. */
interface Guarded {
  readonly broker: RunningBroker
  make(secret: string, prefix?: string): Backplane
}

async function guardedRedis(): Promise<Guarded> {
  const { cert, key } = await makeCertificate()
  const ca = readFileSync(cert, 'utf8')
  const users = `user default off\nuser ada on >${SECRET} resetchannels &tenant:* &other:* ${RIGHTS}\n`
  const broker = await startBroker((port, folder) => {
    const file = join(folder, 'users.acl')
    writeFileSync(file, users)
    return [
      ...REDIS(0, folder),
      ...['--aclfile', file, '--tls-port', `${port}`, '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert],
    ]
  })
  const make = (secret: string, prefix = 'tenant'): Backplane => {
    return redisBackplane({
      url: `rediss://ada:${secret}@localhost:${broker.port}`,
      client: { socket: { tls: true, ca } },
      prefix,
    })
  }
  return { broker, make }
}

async function guardedNats(): Promise<Guarded> {
  const { cert, key } = await makeCertificate()
  const ca = readFileSync(cert, 'utf8')
  const tls = `tls { cert_file: "${cert}", key_file: "${key}" }`
  const broker = await startBroker(natsWith(`authorization { token: "${SECRET}" }\n${tls}\n`))
  const make = (token: string, prefix = 'tenant'): Backplane =>
    natsBackplane({ servers: `localhost:${broker.port}`, client: { token, tls: { ca } }, prefix })
  return { broker, make }
}

describe.each([
  ['redis with user, password and TLS', guardedRedis],
  ['nats with token and TLS', guardedNats],
])('on %s', (_name, guard) => {
  let guarded: Guarded
  const started: Topics[] = []
  beforeAll(async () => {
    guarded = await guard()
  })
  afterAll(async () => {
    await Promise.all(started.map((topics) => topics.close()))
    await guarded.broker.close()
  })
  const serve = (backplane: Backplane): Topics => {
    const topics = createTopics({ backplane })
    started.push(topics)
    return topics
  }

  test('servers that know the secret hear each other, and no other tenant', async () => {
    const [one, two, tenant] = [
      serve(guarded.make(SECRET)),
      serve(guarded.make(SECRET)),
      serve(guarded.make(SECRET, 'other')),
    ]
    const [heard, foreign]: number[][] = [[], []]
    if (heard === undefined || foreign === undefined) return
    expect(await two.subscribe(await connection(heard), 'room').relayed).toBe(true)
    expect(await tenant.subscribe(await connection(foreign), 'room').relayed).toBe(true)
    await one.ready()
    expect(await one.publish('room', '1').confirmed()).toBe(true)
    expect(await tenant.publish('room', '2').confirmed()).toBe(true)
    await expect.poll(() => [heard, foreign], { timeout: 20_000 }).toEqual([[1], [2]])
    expect(one.servers).toEqual([two.server])
  })

  test('a wrong secret rejects the start, and stands in no error and in no log', async () => {
    const written: string[] = []
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text))
      return true
    })
    const logs = (['log', 'warn', 'error', 'info', 'debug'] as const).map((method) =>
      vi.spyOn(console, method).mockImplementation((...args) => void written.push(inspect(args))),
    )
    const backplane = guarded.make(WRONG)
    const error = await backplane
      .start({ message() {}, state() {}, lost() {}, refused() {} })
      .catch((reason: unknown) => reason)
    await backplane.close()
    for (const spy of [write, ...logs]) spy.mockRestore()
    expect(error).toBeInstanceOf(Error)
    const shown = inspect(error, { depth: 20, showHidden: true })
    expect(shown).toContain(`localhost:${guarded.broker.port} cannot be reached. `)
    expect(shown).not.toContain(WRONG)
    expect(written.join('\n')).not.toContain(WRONG)
  })

  test('a broker that comes back without the right to enter is told without the secret', async () => {
    const topics = serve(guarded.make(SECRET))
    const told: unknown[] = []
    topics.on('state', (...args) => told.push(args))
    await topics.ready()
    await guarded.broker.kill()
    await expect.poll(() => topics.backplane, { timeout: 20_000 }).toBe('down')
    await guarded.broker.start()
    await expect.poll(() => topics.backplane, { timeout: 20_000 }).toBe('up')
    expect(inspect(told, { depth: 20, showHidden: true })).not.toContain(SECRET)
  })
})

test('a prefix that the user of Redis may not use is refused, and nothing is confirmed', async () => {
  const { broker, make } = await guardedRedis()
  const topics = createTopics({ backplane: make(SECRET, 'forbidden') })
  try {
    await topics.ready()
    expect(await topics.subscribe(await connection([]), 'room').relayed).toBe(false)
    expect(await topics.publish('room', '1').confirmed()).toBe(false)
    expect(topics.backplane).toBe('up')
  } finally {
    await topics.close()
    await broker.close()
  }
})

describe('a start that cannot work rejects within its time limit', () => {
  const LIMIT = 500
  const makes: readonly (readonly [string, (ports: readonly number[]) => Backplane])[] = [
    [
      'redis',
      ([port]) => redisBackplane({ url: `redis://127.0.0.1:${port}`, connectTimeout: LIMIT }),
    ],
    [
      'redis-cluster',
      (ports) =>
        redisBackplane({
          cluster: { nodes: ports.map((port) => `redis://127.0.0.1:${port}`) },
          connectTimeout: LIMIT,
        }),
    ],
    [
      'nats',
      (ports) =>
        natsBackplane({
          servers: ports.map((port) => `127.0.0.1:${port}`),
          connectTimeout: LIMIT,
        }),
    ],
  ]

  test.each(makes)('%s', async (_name, make) => {
    // It takes connections and says nothing.
    const silent = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const backplane = make([port, await freePort(), port])
    const begun = performance.now()
    const start = backplane.start({ message() {}, state() {}, lost() {}, refused() {} })
    await expect(start).rejects.toThrow(`127.0.0.1:${port}`)
    // The limit, and what a busy machine adds.
    expect(performance.now() - begun).toBeLessThan(2 * LIMIT)
    await backplane.close()
    silent.close()
  })
})
