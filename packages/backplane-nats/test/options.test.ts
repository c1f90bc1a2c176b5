import { OptionError } from '@wirebeat/core'
import { describe, expect, test } from 'vitest'
import { natsBackplane } from '../src/index.ts'

/** What plain JavaScript can do, and the types forbid. */
type Anything = never

describe('natsBackplane()', () => {
  test.each([
    [{ prefixes: 'a' }, 'Unknown option "prefixes". Did you mean "prefix"?'],
    [{ servers: [] }, 'servers must be host:port, or a list of these with one at least.'],
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
    expect(() => natsBackplane(options as Anything)).toThrow(OptionError)
    expect(() => natsBackplane(options as Anything)).toThrow(message)
  })

  test('takes its defaults, and rejects what needs a connection before it is started', async () => {
    const backplane = natsBackplane()
    expect(backplane.maxPayload).toBe(1_048_576)
    await expect(backplane.publish([])).rejects.toThrow('There is no connection to ')
    await expect(backplane.subscribe(['a'])).rejects.toThrow('There is no connection to ')
    await backplane.close()
  })
})

test('no error shows a password', async () => {
  const servers = ['nats://ada:secret@127.0.0.1:1', 'ada:secret@localhost:1']
  const backplane = natsBackplane({ servers, connectTimeout: 1_000 })
  const started = backplane.start({ message() {}, state() {}, lost() {}, refused() {} })
  await expect(started).rejects.toThrow('NATS at 127.0.0.1:1, localhost:1 cannot be reached. ')
  await expect(started).rejects.not.toThrow('secret')
})
