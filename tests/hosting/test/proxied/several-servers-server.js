// One of several servers behind a proxy, for a test that kills it. It publishes numbers to ten groups, raw and on a hub, and
// writes what it was told of each, and of those that it has missed.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { attach } from '@wirebeat/adapter-ws'
import { redisBackplane } from '@wirebeat/backplane-redis'
import { createEndpoint } from '@wirebeat/core'
import { createHub, hubOf } from '@wirebeat/hub'
import { createTopics } from '@wirebeat/topics'
import { z } from 'zod'

const GROUPS = 10
/** How often each group gets a number, in milliseconds. */
const PERIOD = 500

const [name, redisPort] = process.argv.slice(2)
const backplane = redisBackplane({ url: `redis://127.0.0.1:${redisPort}` })
const topics = createTopics({ backplane, name, encodings: ['json'] })

/** Pipes are written to before this returns, so that nothing is lost with the process. */
const say = (...words) => process.stdout.write(`${words.join(' ')}\n`)

topics.on('gap', ({ topic, server = '', reason }) => say('gap', topic, reason, server))

const raw = createEndpoint({
  path: '/ws',
  session: {
    async open(connection) {
      const group = new URL(connection.context.url, 'http://localhost').searchParams.get('group')
      const { relayed } = topics.subscribe(connection, `raw:${group}`)
      await relayed
      connection.send(`hello ${name}`)
    },
  },
  authorize: ({ url }) => ({ url }),
})

const { method, define } = hubOf()
const chat = define({ join: method([z.string()], (call, group) => call.groups.add(group)) })
const hub = createHub(chat, {
  topics,
  connected: ({ clients }) => void clients.caller.send('hello', name),
})
const hubEndpoint = createEndpoint({ path: '/ws/hub', session: hub.session })

await topics.ready()
const server = createServer()
attach(server, raw)
attach(server, hubEndpoint)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
say('listening', server.address().port)

const numbers = Array.from({ length: 2 * GROUPS }, () => 0)
let turn = 0
const publishing = setInterval(() => {
  const place = turn++ % numbers.length
  const [kind, group] = [place < GROUPS ? 'raw' : 'hub', place % GROUPS]
  const number = ++numbers[place]
  const sent =
    kind === 'raw'
      ? topics.publish(`raw:${group}`, `${name} ${number}`)
      : hub.clients.group(String(group)).send('number', `${name} ${number}`)
  const publication = [kind, group, name, number]
  say('published', ...publication, sent.relay)
  sent.confirmed().then((isConfirmed) => say('confirmed', ...publication, isConfirmed))
}, PERIOD / numbers.length)

process.once('SIGUSR2', () => clearInterval(publishing))

process.once('SIGTERM', async () => {
  server.close()
  await Promise.all([raw.close({ spread: 1_000 }), hubEndpoint.close({ spread: 1_000 })])
  clearInterval(publishing)
  await hub.close()
  await topics.close()
})
