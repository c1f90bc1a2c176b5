// The methods of the reference hub, in the order of their table.
import { setTimeout as after } from 'node:timers/promises'
import { bytes, HubError, hubOf, streamOf } from '@wirebeat/hub'
import { z } from 'zod'
import type { State } from './state.ts'
import type { Visitor } from './visitor.ts'

/** The methods of clients that the hub calls. */
export interface ReferenceClient {
  Receive(tag: string): void
  Tick(i: number): void
  Ask(question: string): Promise<string>
}

/** How long a client may take to answer, in milliseconds. */
const ANSWER = { timeout: 60_000, answer: z.string() }
const TRANSPORTS = {
  'web-sockets': 'WebSockets',
  'server-sent-events': 'ServerSentEvents',
  'long-polling': 'LongPolling',
} as const

const { method, define } = hubOf<ReferenceClient, Visitor>()

/** An argument that may be anything, but must be there. */
const any = z.unknown().refine((value) => value !== undefined)
const int = z.int32()
const text = z.string()
const texts = z.array(text)

/** The hub. Its type is what the methods say. */
export function defineReferenceHub(state: State) {
  return define({
    // Values
    Echo: method([any], (_, value) => value),
    EchoMany: method([any, any, any], (_, ...values) => values),
    Sum: method([int, int], (_, a, b) => (a + b) | 0),
    Nothing: method([], () => {}),
    Bytes: method([bytes()], (_, data) => data.slice().reverse()),
    Big: method([int], (_, size) => 'x'.repeat(size)),
    Delay: method([int, text], async (_, ms, tag) => {
      await pause(ms)
      return tag
    }),

    // Errors
    Fail: method([text], (_, message): void => {
      throw new InvalidOperationException(message)
    }),
    FailHub: method([text], (_, message): void => {
      throw new HubError(message)
    }),

    // Streams to the client
    Count: method([int, int], async function* (_, n, delay) {
      for (let i = 0; i < n; i++) {
        await pause(delay)
        yield i
      }
    }),
    CountThenFail: method([int, text], async function* (_, n, message) {
      for (let i = 0; i < n; i++) yield i
      throw message.startsWith('plain:')
        ? new InvalidOperationException(message)
        : new HubError(message)
    }),
    FailStream: method([text], (_, message): AsyncIterable<number> => {
      throw new HubError(message)
    }),
    Forever: method([int, text], async function* ({ signal }, delay, key) {
      try {
        for (let i = 0; !signal.aborted; i++) {
          await after(delay, undefined, { signal })
          yield i
        }
      } finally {
        state.get(key).hasEnded = true
      }
    }),
    Ended: method([text], (_, key) => state.get(key).hasEnded),
    Flood: method([int, text], async function* ({ signal }, size, key) {
      while (!signal.aborted) {
        state.get(key).produced++
        yield 'x'.repeat(size)
      }
    }),
    Produced: method([text], (_, key) => state.get(key).produced),

    // Streams from the client
    UploadSum: method([streamOf(int)], (_, numbers) => sumOf(numbers)),
    UploadConcat: method([text, streamOf(text)], (_, prefix, items) => concatenate(prefix, items)),
    UploadTwo: method([streamOf(int), streamOf(text)], async (_, a, b) =>
      concatenate(`${await sumOf(a)}:`, b),
    ),
    UploadSome: method([int, streamOf(int)], async (_, n, numbers) => {
      let [count, sum] = [0, 0]
      for await (const number of numbers) {
        sum += number
        if (++count >= n) break
      }
      return sum
    }),
    EchoStream: method([streamOf(any)], async function* (_, items) {
      yield* items
    }),

    // Client results
    AskCaller: method([text], ({ clients }, question) =>
      clients.caller.invoke('Ask', ANSWER, question),
    ),
    AskConnection: method([text, text], ({ clients }, id, question) =>
      clients.connection(id).invoke('Ask', ANSWER, question),
    ),

    // Messages to clients
    Broadcast: method([text], ({ clients }, tag) => void clients.all.send('Receive', tag)),
    BroadcastOthers: method([text], ({ clients }, tag) => void clients.others.send('Receive', tag)),
    SendExcept: method(
      [texts, text],
      ({ clients }, ids, tag) => void clients.allExcept(ids).send('Receive', tag),
    ),
    SendTo: method(
      [text, text],
      ({ clients }, id, tag) => void clients.connection(id).send('Receive', tag),
    ),
    SendToMany: method(
      [texts, text],
      ({ clients }, ids, tag) => void clients.connections(ids).send('Receive', tag),
    ),
    SendUser: method(
      [text, text],
      ({ clients }, user, tag) => void clients.user(user).send('Receive', tag),
    ),
    SendUsers: method(
      [texts, text],
      ({ clients }, users, tag) => void clients.user(users).send('Receive', tag),
    ),
    Join: method([text], async ({ groups }, group) => void (await groups.add(group))),
    Leave: method([text], async ({ groups }, group) => void (await groups.remove(group))),
    SendGroup: method(
      [text, text],
      ({ clients }, group, tag) => void clients.group(group).send('Receive', tag),
    ),
    SendGroups: method(
      [texts, text],
      ({ clients }, groups, tag) => void clients.group(groups).send('Receive', tag),
    ),
    SendOthersInGroup: method(
      [text, text],
      ({ clients, connectionId }, group, tag) =>
        void clients.group(group, { except: connectionId }).send('Receive', tag),
    ),
    SendGroupExcept: method(
      [text, texts, text],
      ({ clients }, group, except, tag) =>
        void clients.group(group, { except }).send('Receive', tag),
    ),
    Outside: method([int, text], ({ clients, connectionId }, ms, tag) => {
      setTimeout(() => clients.connection(connectionId).send('Receive', tag), ms)
    }),
    Burst: method([int], ({ clients }, n) => {
      for (let i = 0; i < n; i++) clients.caller.send('Tick', i)
      return n
    }),

    // Order
    Append: method([text, int], (_, key, i) => void state.get(key).recorded.push(i)),
    Recorded: method([text], (_, key) => state.get(key).recorded),
    Overlap: method([int, text], async (_, ms, key) => {
      const keyed = state.get(key)
      const running = ++keyed.overlapping
      keyed.mostOverlapping = Math.max(running, keyed.mostOverlapping)
      await pause(ms)
      keyed.overlapping--
      return running
    }),
    MaxOverlap: method([text], (_, key) => state.get(key).mostOverlapping),

    // The connection
    ConnectionId: method([], ({ connectionId }) => connectionId),
    UserId: method([], ({ userId }) => userId ?? null),
    Transport: method([], ({ connection }) => TRANSPORTS[connection.transport]),
    Header: method([text], ({ context }, name) => context.header(name)),
    Query: method([text], ({ context }, name) => context.query(name)),
    Remember: method([text, any], ({ items }, name, value) => void items.set(name, value)),
    Recall: method([text], ({ items }, name) => items.get(name) ?? null),
    Lifecycle: method([text], (_, key) => {
      const { connected, disconnected, lastError } = state.get(key)
      return [connected, disconnected, lastError]
    }),
    Abort: method([], (call) => call.disconnect()),
  })
}

/** The ordinary error of the reference hub: detailed errors tell its name. */
class InvalidOperationException extends Error {
  override readonly name = 'InvalidOperationException'
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await after(ms)
}

async function sumOf(numbers: AsyncIterable<number>): Promise<number> {
  let sum = 0
  for await (const number of numbers) sum += number
  return sum
}

async function concatenate(prefix: string, texts: AsyncIterable<string>): Promise<string> {
  let all = prefix
  for await (const item of texts) all += item
  return all
}
