import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type * as Core from '@wirebeat/core'
import * as core from '@wirebeat/core'
import type * as Testing from '@wirebeat/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createTopics } from '../src/topics.ts'
import { five, received } from './support/people.ts'

/** Another copy of core, as an application can have in its node_modules. */
async function otherCore() {
  const folder = mkdtempSync(join(tmpdir(), 'wirebeat-core-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const dist = fileURLToPath(new URL('../../core/dist', import.meta.url))
  cpSync(dist, folder, { recursive: true })
  const load = (name: string): Promise<unknown> =>
    import(/* @vite-ignore */ pathToFileURL(join(folder, name)).href)
  // They are copies of these modules.
  return {
    core: (await load('index.js')) as typeof Core,
    testing: (await load('testing.js')) as typeof Testing,
  }
}

test('connections of two copies of core subscribe to one topic', async () => {
  const other = await otherCore()
  expect(other.core.createEndpoint).not.toBe(core.createEndpoint)
  const [ada] = await five()
  const opened: Core.Connection[] = []
  const endpoint = other.core.createEndpoint({
    session: { open: (connection) => opened.push(connection) },
  })
  const client = await other.testing.MemoryClient.connect(endpoint, { networkBuffer: 10 })
  const [connection] = opened
  if (connection === undefined) expect.fail('it did not open')

  const topics = createTopics()
  const lags: number[] = []
  topics.on('lagged', (_connection, _topic, missed) => lags.push(missed))
  topics.subscribe(connection, 'news', { slow: 'skip' })
  topics.subscribe(ada.connection, 'news')
  expect(topics.publish('news', 'for both').local).toBe(2)
  expect(topics.publish('news', 'for one', { except: [connection] }).local).toBe(1)
  expect(topics.publish('news', other.core.prepare('prepared there')).local).toBe(2)
  expect(await received(ada)).toEqual(['for both', 'for one', 'prepared there'])
  expect(await received({ client, connection })).toEqual(['for both', 'prepared there'])

  client.pause()
  for (const text of ['more than it takes', 'missed']) topics.publish('news', text)
  client.resume()
  expect(lags).toEqual([1])
  client.vanish()
  expect(topics.subscribers('news')).toEqual([ada.connection])
})
