import { OptionError } from '@wirebeat/core'
import { describe, expect, test } from 'vitest'
import { redisBackplane } from '../src/index.ts'

/** What plain JavaScript can do, and the types forbid. */
type Anything = never

describe('redisBackplane()', () => {
  test.each([
    [{ prefixes: 'a' }, 'Unknown option "prefixes". Did you mean "prefix"?'],
    [{ url: 'http://127.0.0.1' }, 'url must be a URL that begins with redis:// or rediss://.'],
    [{ url: 'redis://ada:secret@host:port' }, 'url must be a URL that begins with '],
    [{ url: 'redis://127.0.0.1/news' }, 'The path of url must be the number of a database.'],
    [{ cluster: { nodes: [] } }, 'cluster.nodes must be a list of URLs with one at least.'],
    [{ cluster: { nodes: ['a:1'] } }, 'cluster.nodes must be a URL that begins with '],
    [{ cluster: { node: [] } }, 'Unknown option "cluster.node". Did you mean "cluster.nodes"?'],
    [
      { cluster: { nodes: ['redis://a'] }, url: 'redis://a' },
      'cluster takes the place of url. Give one of them.',
    ],
    [
      { cluster: { nodes: ['redis://a'], nodeAddressMap: {} } },
      'cluster.nodeAddressMap must be a function, got ',
    ],
    [{ client: null }, 'client must be an object of options of the client.'],
    [{ client: 'secret' }, 'client must be an object of options of the client.'],
    [{ prefix: 'a b' }, 'prefix must be 1 to 64 letters, digits, '],
    [{ prefix: '' }, 'prefix must be 1 to 64 letters, digits, '],
    [
      { maxPayload: 0 },
      'maxPayload must be a whole number of bytes from 1,024 to 67,108,864, got 0.',
    ],
    [
      { connectTimeout: '5' },
      'connectTimeout must be a whole number of milliseconds from 1 to 2,147,483,647, got "5".',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => redisBackplane(options as Anything)).toThrow(OptionError)
    expect(() => redisBackplane(options as Anything)).toThrow(message)
  })

  test('takes its defaults, and rejects what needs a connection before it is started', async () => {
    const backplane = redisBackplane()
    expect(backplane.maxPayload).toBe(1_048_576)
    await expect(backplane.publish([])).rejects.toThrow('There is no connection to ')
    await expect(backplane.subscribe(['a'])).rejects.toThrow('There is no connection to ')
    await backplane.close()
  })
})

test('no error shows a password', async () => {
  const backplane = redisBackplane({ url: 'redis://ada:secret@127.0.0.1:1', connectTimeout: 1_000 })
  const started = backplane.start({ message() {}, state() {}, lost() {}, refused() {} })
  await expect(started).rejects.toThrow('Redis at 127.0.0.1:1 cannot be reached. ')
  await expect(started).rejects.not.toThrow('secret')
})

test('no error shows the password of a cluster, and each node is named', async () => {
  const nodes = ['redis://ada:secret@127.0.0.1:1', 'redis://ada:secret@127.0.0.1:2']
  const backplane = redisBackplane({ cluster: { nodes }, connectTimeout: 1_000 })
  const started = backplane.start({ message() {}, state() {}, lost() {}, refused() {} })
  await expect(started).rejects.toThrow(/127.0.0.1:1 cannot be reached.*127.0.0.1:2 cannot be/)
  await expect(started).rejects.not.toThrow('secret')
})
