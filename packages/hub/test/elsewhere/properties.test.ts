import fc from 'fast-check'
import { expect, test } from 'vitest'
import { messagepack } from '../../src/protocol/messagepack/messagepack-encoding.ts'
import { fateOf, type Person, type Server, severalServers } from '../support/several-servers.ts'

const SERVERS = 3
const PEOPLE = 5

const server = fc.nat(SERVERS - 1)
const person = fc.nat(PEOPLE - 1)

/** What happens, one after the other. */
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      from: server,
      to: fc.uniqueArray(person, { minLength: 1 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), from: server, to: person }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('steps' as const), count: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), who: person }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('disconnect' as const), from: server, who: person }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('silence' as const), at: server }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const), at: server }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: server }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconnect' as const), at: server }) },
)

test('what servers send connections anywhere comes in order and once, and who sends is told the truth', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
      const { servers, settle, pass } = await severalServers(SERVERS)
      const at = (index: number) => servers[index] as Server
      const people: Person[] = []
      for (let index = 0; index < PEOPLE; index++) {
        const encoding = index % 2 === 0 ? undefined : messagepack()
        people.push(await at(index % SERVERS).person('', encoding))
      }
      const sent: { to: Person[]; text: string; fate: ReturnType<typeof fateOf<boolean>> }[] = []
      const asked: ReturnType<typeof fateOf<unknown>>[] = []
      let isWell = true
      for (const one of events) {
        if (one.kind === 'send') {
          const to = one.to.map((index) => people[index] as Person)
          const text = `${one.from}:${sent.length}`
          const { clients } = at(one.from).hub
          const [first, ...rest] = to.map(({ id }) => id)
          const target =
            rest.length === 0
              ? clients.connection(first ?? '')
              : clients.connections([first ?? '', ...rest])
          sent.push({ to, text, fate: fateOf(target.send('said', text).confirmed()) })
        } else if (one.kind === 'ask') {
          const id = people[one.to]?.id ?? ''
          asked.push(
            fateOf(at(one.from).hub.clients.connection(id).invoke('ask', { timeout: 30_000 }, '?')),
          )
        } else if (one.kind === 'steps') {
          for (let step = 0; step < one.count; step++) await Promise.resolve()
        } else if (one.kind === 'leave') {
          people[one.who]?.leave()
        } else if (one.kind === 'disconnect') {
          asked.push(fateOf(at(one.from).hub.disconnect({ connection: people[one.who]?.id ?? '' })))
        } else {
          isWell = false
          at(one.at).backplane[one.kind]()
        }
      }
      for (const { backplane } of servers) {
        backplane.resume()
        backplane.reconnect()
      }
      await settle()
      for (const somebody of people) while (somebody.questions.length > 0) somebody.answer('!')
      await pass(35_000)

      for (const { isKnown } of [...asked, ...sent.map(({ fate }) => fate)])
        expect(isKnown).toBe(true)
      for (const somebody of people) {
        expect(new Set(somebody.heard).size).toBe(somebody.heard.length)
        for (let from = 0; from < SERVERS; from++) {
          const numbers = somebody.heard
            .map((text) => String(text).split(':').map(Number))
            .flatMap(([server, number]) => (server === from ? [number ?? 0] : []))
          expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
        }
      }
      for (const { to, text, fate } of sent) {
        const areTold = to.every(({ heard }) => heard.includes(text))
        if (fate.value === true || (isWell && areTold)) {
          expect({ text, areTold, confirmed: fate.value }).toEqual({
            text,
            areTold: true,
            confirmed: true,
          })
        }
      }
    }),
    { numRuns: 150 },
  )
})
