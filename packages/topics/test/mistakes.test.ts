import { OptionError } from '@wirebeat/core'
import { describe, expect, test } from 'vitest'
import { createBroker } from '../src/testing.ts'
import { createTopics } from '../src/topics.ts'
import { five } from './support/people.ts'

/** What plain JavaScript can do, and the types forbid. */
type Anything = never

const NAMES = 'topic must be a string of 1 to 255 bytes of UTF-8, without control characters, got '

/** Names that no topic can have, and how they are shown. */
const WRONG_NAMES: readonly (readonly [unknown, string])[] = [
  ['', '""'],
  [5, '5'],
  [undefined, 'undefined'],
  [['news'], 'a list'],
  ['a\nb', '"a\\nb"'],
  ['a\u007f', '"a\u007f"'],
  ['\u0085', '"\u0085"'],
  ['\ud800', '"\\ud800"'],
  ['x'.repeat(256), `"${'x'.repeat(80)}…"`],
  ['ä'.repeat(128), `"${'ä'.repeat(80)}…"`],
]

const RIGHT_NAMES = ['x'.repeat(255), `${'ä'.repeat(127)}a`, ' ', 'room:42', 'a.*', '😀'.repeat(63)]

describe('a topic', () => {
  test.each(WRONG_NAMES)('cannot be named %j', async (name, shown) => {
    const [{ connection }] = await five()
    const topics = createTopics()
    const wrong = name as Anything
    const calls = [
      () => topics.subscribe(connection, wrong),
      () => topics.unsubscribe(connection, wrong),
      () => topics.publish(wrong, 'hello'),
      () => topics.count(wrong),
      () => topics.subscribers(wrong),
    ]
    for (const call of calls) {
      expect(call).toThrow(OptionError)
      expect(call).toThrow(`${NAMES}${shown}.`)
    }
  })

  test.each(RIGHT_NAMES)('can be named %j', async (name) => {
    const [{ connection }] = await five()
    const topics = createTopics()
    topics.subscribe(connection, name)
    expect(topics.publish(name, 'hello').local).toBe(1)
  })
})

describe('a mistake is told in a sentence, and changes nothing', () => {
  const make = (options: unknown) => () => createTopics(options as Anything)

  test.each([
    [make(5), 'The argument of createTopics must be an object of options, got 5.'],
    [make({ encoding: [] }), 'Unknown option "encoding". Did you mean "encodings"?'],
    [
      make({ nonsense: 1 }),
      'Unknown option "nonsense". Known options are encodings, backplane, name, clock, onError.',
    ],
    [make({ encodings: 'json' }), 'encodings must be a list of 1 to 100 names, got "json".'],
    [make({ encodings: [] }), 'encodings must be a list of 1 to 100 names, got an empty list.'],
    [
      make({ encodings: Array.from({ length: 101 }, (_, index) => `${index}`) }),
      'encodings must be a list of 1 to 100 names, got a list.',
    ],
    [
      make({ encodings: ['a', 'a'] }),
      'encodings[1] must be a text that stands in the list once, got "a".',
    ],
    [
      make({ encodings: ['a', ''] }),
      'encodings[1] must be a text that stands in the list once, got "".',
    ],
    [
      make({ backplane: {} }),
      'backplane must be an object with start(), publish(), subscribe(), unsubscribe(), close(), got an object.',
    ],
    [
      make({ backplane: Object.assign(createBroker().backplane(), { maxPayload: 100 }) }),
      'backplane.maxPayload must be a whole number of bytes from 1,024 on, got 100.',
    ],
    [
      make({ name: 'a b' }),
      'name must be 1 to 64 letters, digits, ".", "_" and "-" of ASCII, got "a b".',
    ],
    [
      make({ clock: 5 }),
      'clock must be an object with now(), schedule(), afterArrivals(), afterTurn(), got 5.',
    ],
    [make({ onError: 5 }), 'onError must be a function, got 5.'],
  ])('createTopics %#', (call, message) => {
    expect(call).toThrow(OptionError)
    expect(call).toThrow(message)
  })

  test.each([
    [5, 'The third argument of subscribe must be an object of options, got 5.'],
    [{ slwo: 'skip' }, 'Unknown option "slwo". Did you mean "slow"?'],
    [{ slow: 'never' }, 'slow must be "close" or "skip", got "never".'],
    [{ as: 'xml' }, 'as must be "json" or "binary", got "xml".'],
  ])('subscribe with %j', async (options, message) => {
    const [{ connection }] = await five()
    const topics = createTopics({ encodings: ['json', 'binary'] })
    const call = () => topics.subscribe(connection, 'news', options as Anything)
    expect(call).toThrow(OptionError)
    expect(call).toThrow(message)
    expect(topics.count('news')).toBe(0)
  })

  const DATA =
    'The message to publish must be a string, a Uint8Array, an ArrayBuffer, a prepared message or an object with encode(encoding), got '

  test.each([
    [undefined, `${DATA}undefined.`],
    [null, `${DATA}null.`],
    [5, `${DATA}5.`],
    [{ text: 'hello' }, `${DATA}an object.`],
    [{ encode: 'json' }, `${DATA}an object.`],
    [new Uint16Array(1), `${DATA}an object.`],
    [
      { encode: () => 5 },
      'encode("raw") must return a string, a Uint8Array, an ArrayBuffer or a prepared message, got 5.',
    ],
    [
      { encode: async () => '' },
      'encode("raw") must return a string, a Uint8Array, an ArrayBuffer or a prepared message, got a promise.',
    ],
  ])('publish %j', async (message, sentence) => {
    const [{ connection }] = await five()
    const topics = createTopics()
    topics.subscribe(connection, 'news')
    expect(() => topics.publish('news', message as Anything)).toThrow(TypeError)
    expect(() => topics.publish('news', message as Anything)).toThrow(sentence)
    expect(topics.stats()).toMatchObject({ published: 0, delivered: 0 })
  })

  const EXCEPT = 'must be a connection, an id of a connection or a list of these, got '

  test.each([
    [5, 'The third argument of publish must be an object of options, got 5.'],
    [{ loca: true }, 'Unknown option "loca". Did you mean "local"?'],
    [{ local: 1 }, 'local must be true or false, got 1.'],
    [{ except: 5 }, `except ${EXCEPT}5.`],
    [{ except: {} }, `except ${EXCEPT}an object.`],
    [{ except: null }, `except ${EXCEPT}null.`],
    [{ except: ['an-id', 5] }, `except[1] ${EXCEPT}5.`],
  ])('publish with %j', (options, message) => {
    const call = () => createTopics().publish('news', 'hello', options as Anything)
    expect(call).toThrow(OptionError)
    expect(call).toThrow(message)
  })

  test.each([undefined, null, 5, {}, 'an id'])('%j is no connection', (connection) => {
    const topics = createTopics()
    const wrong = connection as Anything
    const calls = [
      () => topics.subscribe(wrong, 'news'),
      () => topics.unsubscribe(wrong, 'news'),
      () => topics.topicsOf(wrong),
    ]
    for (const call of calls) {
      expect(call).toThrow(TypeError)
      expect(call).toThrow('The connection must be one of an endpoint, got ')
    }
  })

  test('on', () => {
    expect(() => createTopics().on('lag' as Anything, () => {})).toThrow(
      'Unknown event "lag". Known events are open, close, lagged, gap, state, unreadable.',
    )
    expect(() => createTopics().on('open', 5 as Anything)).toThrow(
      'The listener of "open" must be a function, got 5.',
    )
  })
})
