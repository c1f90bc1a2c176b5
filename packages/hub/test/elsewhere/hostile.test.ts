import { createTopics, UnreadableError } from '@wirebeat/topics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Answering } from '../../src/clients/answering.ts'
import { Directory, type HubTopics } from '../../src/clients/directory.ts'
import { readHubMessage, writeHubMessage } from '../../src/clients/hub-message.ts'
import { messagepack } from '../../src/protocol/messagepack/messagepack-encoding.ts'
import { fateOf, type Server, severalServers } from '../support/several-servers.ts'

const OPERATIONS = [
  'find',
  'send',
  'invoke',
  'cancel',
  'add',
  'remove',
  'disconnect',
  'disconnect-user',
]
const MEMBERS = ['ids', 'connections', 'connection', 'encoding', 'answerId', 'target', 'timeout']
const VALUES = [
  'json',
  '',
  '\n',
  '__proto__',
  `r${'0'.repeat(32)}`,
  -1,
  0,
  1,
  2 ** 40,
  true,
  null,
  [],
  ['a'],
  [1],
]

const head = fc
  .dictionary(
    fc.constantFrom(...MEMBERS, 'group', 'user', 'allowReconnect'),
    fc.oneof(fc.constantFrom<unknown>(...VALUES), fc.jsonValue()),
  )
  .chain((members) =>
    fc.record({
      operation: fc.constantFrom<unknown>(...OPERATIONS, 'unknown', 5),
      members: fc.constant(members),
    }),
  )
  .map(({ operation, members }) => ({ ...members, operation }))
const question = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc
    .tuple(head, fc.uint8Array({ maxLength: 20 }))
    .map(([one, record]) => writeHubMessage(one, record)),
)

describe('what comes from another server', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.uint8Array(),
        (members, record) => {
          const read = readHubMessage(writeHubMessage(members, record))
          expect(read.head).toEqual(JSON.parse(JSON.stringify(members)))
          expect(read.record).toEqual(record)
        },
      ),
    )
  })

  test('is answered or cannot be read, whatever it is', async () => {
    const topics = createTopics({ encodings: ['json'] }) as HubTopics
    const answering = new Answering(new Directory(topics, 'hub'))
    await fc.assert(
      fc.asyncProperty(question, async (bytes) => {
        try {
          readHubMessage(await answering.answer(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableError)
          expect((error as Error).message.length).toBeLessThan(200)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('is counted, and harms nobody', async () => {
    const { servers, settle } = await severalServers(2)
    const [one, two] = servers as [Server, Server]
    const bob = await two.person()
    const ask = async (data: Uint8Array) => {
      const fate = fateOf(one.topics.ask(two.topics.server, 'hub:hub', data, { timeout: 1_000 }))
      await settle()
      return fate
    }
    const invoke = { operation: 'invoke', connection: bob.id, encoding: 'json', target: 'ask' }
    const wrong: readonly Uint8Array[] = [
      new Uint8Array(),
      new TextEncoder().encode('{"operation":"find"'),
      new TextEncoder().encode('{"operation":\n'),
      writeHubMessage([] as never),
      writeHubMessage({ operation: 'explode' }),
      writeHubMessage({ operation: 'find', ids: [1] }),
      writeHubMessage({ ...invoke, answerId: 's1', timeout: 1 }),
      writeHubMessage({ ...invoke, answerId: `r${'0'.repeat(32)}`, timeout: 0 }),
      writeHubMessage({ operation: 'add', connection: bob.id, group: '\u0000' }),
      writeHubMessage({ operation: 'disconnect-user', user: '', allowReconnect: true }),
    ]
    for (const data of wrong) {
      expect((await ask(data)).error).toMatchObject({
        reason: 'failed',
        message: expect.stringMatching(/^What a hub of another server has sent cannot be read\./),
      })
    }
    expect(two.topics.stats().unreadable).toBe(wrong.length)
    expect((await ask(writeHubMessage({ operation: 'explode' }))).error).toMatchObject({
      message:
        'What a hub of another server has sent cannot be read. Its operation is not known to this release.',
    })
    expect(bob.isThere).toBe(true)
    expect(bob.questions).toEqual([])
  })

  test('cannot be an answer that takes the place of another', async () => {
    const { servers, settle } = await severalServers(2)
    const [one, two] = servers as [Server, Server]
    const bob = await two.person()
    const data = writeHubMessage(
      {
        ...{ operation: 'invoke', connection: bob.id, encoding: 'json', target: 'ask' },
        ...{ answerId: `r${'0'.repeat(32)}`, timeout: 60_000 },
      },
      new TextEncoder().encode(
        `{"type":1,"invocationId":"r${'0'.repeat(32)}","target":"ask","arguments":[]}\u001e`,
      ),
    )
    const ask = () =>
      fateOf(one.topics.ask(two.topics.server, 'hub:hub', data, { timeout: 60_000 }))
    const [first, second] = [ask(), ask()]
    await settle()
    expect(second.error).toMatchObject({ reason: 'failed' })
    bob.answer('because')
    await settle()
    expect(first.isKnown).toBe(true)
    expect(first.error).toBeUndefined()
  })
})

describe('what another server answers', () => {
  const answer = fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    fc
      .tuple(
        fc.record(
          {
            encodings: fc.constantFrom<unknown>(
              ['json'],
              ['xml'],
              [null],
              ['json', 'json'],
              [5],
              5,
            ),
            missing: fc.constantFrom<unknown>([], [0], [7], [-1], ['x'], null),
            outcome: fc.constantFrom<unknown>('answered', 'gone', 'timeout', 'else', 5),
            done: fc.constantFrom<unknown>(true, false, 'yes'),
            count: fc.constantFrom<unknown>(1, -1, '1'),
            error: fc.constantFrom<unknown>('No.', 5),
          },
          { requiredKeys: [] },
        ),
        fc.uint8Array({ maxLength: 20 }),
      )
      .map(([members, record]) => writeHubMessage(members, record)),
  )

  test('settles everything, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 6 }), async (answers) => {
        const { clock, broker, servers, settle } = await severalServers(1)
        const [one] = servers as [Server]
        const backplane = broker.backplane()
        const liar = createTopics({ backplane, clock, encodings: ['json', 'messagepack'] })
        let count = 0
        liar.answer('hub:hub', () => answers[count++ % answers.length] ?? new Uint8Array())
        await settle()
        const { hub } = one
        const fates = [
          fateOf(hub.clients.connections(['a', 'b']).send('said', 'x').confirmed()),
          fateOf(hub.clients.connection('a').send('said', 'x').confirmed()),
          fateOf(hub.clients.connection('c').invoke('ask', { timeout: 1_000 }, '?')),
          fateOf(hub.groups.add('d', 'g')),
          fateOf(hub.disconnect({ connection: 'e' })),
          fateOf(hub.disconnect({ user: 'f' })),
        ]
        await settle()
        expect(fates.map(({ isKnown }) => isKnown)).toEqual(fates.map(() => true))
        for (const { error } of fates) {
          if (error !== undefined) {
            expect((error as Error).name).toMatch(/^(AskError|ClientResultError|HubError)$/)
          }
        }
        expect(one.errors).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})

test('a hub with fewer encodings cannot reach the clients that speak them', async () => {
  const { servers, settle, broker, clock } = await severalServers(1)
  const [one] = servers as [Server]
  const { addServer } = await severalServers(0, { encodings: [] }, broker)
  const poor = addServer('poor')
  void clock
  await settle()
  const bob = await one.person('', messagepack())
  const sent = poor.hub.clients.connection(bob.id).send('said', 'x')
  const asked = fateOf(poor.hub.clients.connection(bob.id).invoke('ask', { timeout: 1_000 }, '?'))
  await settle()
  expect(await sent.confirmed()).toBe(false)
  expect(asked.error).toMatchObject({
    reason: 'unreachable',
    message: expect.stringContaining(
      'Its client speaks messagepack, which this hub does not have.',
    ),
  })
})
