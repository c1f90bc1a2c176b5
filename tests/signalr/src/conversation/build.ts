// How conversations are written down.
import type { TransportKind } from '@wirebeat/core/extension'
import type { EncodingName, RecordShape } from '../wire/record.ts'
import type { Connect, Conversation, PlainRequest, Request, Step } from './step.ts'

/** The name of the connection of a conversation that has only one. */
const ONLY = 'a'
/** Milliseconds after which something is taken not to come. */
const PATIENCE = 8_000

type Steps = readonly (Step | readonly Step[])[]

type ConversationOptions = Pick<Conversation, 'alone' | 'slow' | 'needs'>

export function talk(name: string, steps: Steps, options: ConversationOptions = {}): Conversation {
  return { name, steps: steps.flat(), ...options }
}

/** The same conversation in both encodings. */
export function both(
  name: string,
  steps: Steps,
  options: ConversationOptions = {},
): readonly Conversation[] {
  return (['json', 'messagepack'] as const).map((encoding) =>
    talk(`${encoding}: ${name}`, inEncoding(encoding, steps.flat()), options),
  )
}

/** The same conversation over Server-Sent Events, and over long polling in both encodings. */
export function overHttp(
  name: string,
  steps: Steps,
  options: ConversationOptions = {},
): readonly Conversation[] {
  return [talk(`events: ${name}`, by('server-sent-events', steps.flat()), options)].concat(
    (['json', 'messagepack'] as const).map((encoding) => {
      const inThis = inEncoding(encoding, by('long-polling', steps.flat()))
      return talk(`polls: ${encoding}: ${name}`, inThis, options)
    }),
  )
}

/** The steps over a transport, but for connections that name theirs. */
function by(transport: TransportKind, steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => (step.do === 'connect' ? { transport, ...step } : step))
}

function inEncoding(encoding: EncodingName, steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => {
    if (step.do !== 'connect') return step
    const handshake = step.handshake.replace('"json"', `"${encoding}"`)
    return { ...step, encoding, handshake }
  })
}

/** The steps on the connection of another name. */
export function on(name: string, ...steps: Steps): readonly Step[] {
  return steps.flat().map((step) => ('on' in step ? { ...step, on: name } : step))
}

/** A WebSocket that watches the connections that have `key=$key` in their query, and is told how they ended. */
export function watched(result: string): readonly Step[] {
  return on('watch', connect({ transport: 'web-sockets' }), until('Lifecycle', ['$key'], result))
}

// What is done

export function connect(options: Partial<Omit<Connect, 'do' | 'on'>> = {}): Step {
  const { encoding = 'json', ...rest } = options
  return {
    do: 'connect',
    on: ONLY,
    path: '/hub',
    encoding,
    negotiate: true,
    query: '',
    headers: {},
    handshake: `{"protocol":"${encoding}","version":1}\u001e`,
    resumes: false,
    ...rest,
  }
}

export function request(
  method: string,
  target: string,
  options: Partial<Omit<Request, 'do' | 'method' | 'target'>> = {},
): Step {
  return {
    do: 'request',
    as: 'n',
    method,
    target,
    headers: {},
    body: '',
    tellsTransports: false,
    ...options,
  }
}

/** Sends a request, of which the steps below tell the answer. */
export function begin(
  as: string,
  method: string,
  target: string,
  options: Partial<Pick<PlainRequest, 'headers' | 'body'>> = {},
): Step {
  return { do: 'begin', as, method, target, headers: {}, body: '', ...options }
}

export function head(of: string): Step {
  return { do: 'head', of }
}

export function part(of: string, upTo: string): Step {
  return { do: 'part', of, upTo }
}

export function answer(of: string): Step {
  return { do: 'answer', of }
}

export function unanswered(of: string, ms = 600): Step {
  return { do: 'unanswered', of, ms }
}

export function abandon(of: string): Step {
  return { do: 'abandon', of }
}

export function send(...records: readonly RecordShape[]): Step {
  return { do: 'send', on: ONLY, records, frames: 'each' }
}

/** In one frame, or one POST. */
export function joined(...records: readonly RecordShape[]): Step {
  return { do: 'send', on: ONLY, records, frames: 'one' }
}

/** In frames, or POSTs, of so many bytes. */
export function split(bytes: number, ...records: readonly RecordShape[]): Step {
  return { do: 'send', on: ONLY, records, frames: bytes }
}

export function raw(...messages: readonly (string | Buffer)[]): Step {
  return { do: 'raw', on: ONLY, messages, fragments: false }
}

export function fragments(...messages: readonly (string | Buffer)[]): Step {
  return { do: 'raw', on: ONLY, messages, fragments: true }
}

/** The bytes of a hexadecimal string, which may have spaces. */
export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex')
}

export function receive(count = 1, ms: number = PATIENCE): Step {
  return { do: 'receive', on: ONLY, count, sorted: false, ms }
}

export function receiveAnyOrder(count: number): Step {
  return { do: 'receive', on: ONLY, count, sorted: true, ms: PATIENCE }
}

export function fence(ms: number = PATIENCE): Step {
  return { do: 'fence', on: ONLY, ms }
}

export function awaitPing(least = 0, most: number = PATIENCE): Step {
  return { do: 'ping', on: ONLY, between: [least, most] }
}

export function pinged(): Step {
  return { do: 'pinged', on: ONLY }
}

/** Awaits that the server says that it has so many records. */
export function acknowledged(number: number): Step {
  return { do: 'acknowledged', on: ONLY, number }
}

export function ended(least = 0, most: number = PATIENCE): Step {
  return { do: 'end', on: ONLY, between: [least, most] }
}

export function quiet(ms = 400): Step {
  return { do: 'quiet', on: ONLY, ms }
}

export function wait(ms: number): Step {
  return { do: 'wait', ms }
}

export function until(target: string, args: readonly unknown[], result: string): Step {
  return { do: 'until', on: ONLY, target, arguments: args, result }
}

export function cut(): Step {
  return { do: 'cut', on: ONLY }
}

export function close(code?: number, reason = ''): Step {
  return { do: 'close', on: ONLY, code, reason }
}

export function pause(ms: number): Step {
  return { do: 'pause', on: ONLY, ms }
}

// Records

export function call(
  target: string,
  args: readonly unknown[] = [],
  invocationId = '1',
  streamIds?: readonly string[],
): RecordShape {
  return {
    type: 1,
    invocationId,
    target,
    arguments: args,
    ...(streamIds !== undefined && { streamIds }),
  }
}

/** A call that wants no answer. */
export function tell(target: string, args: readonly unknown[] = []): RecordShape {
  return { type: 1, target, arguments: args }
}

export function stream(
  target: string,
  args: readonly unknown[] = [],
  invocationId = '1',
  streamIds?: readonly string[],
): RecordShape {
  return { ...call(target, args, invocationId, streamIds), type: 4 }
}

export function item(invocationId: string, value: unknown): RecordShape {
  return { type: 2, invocationId, item: value }
}

export function completion(
  invocationId: string,
  outcome: { readonly result?: unknown; readonly error?: unknown } = {},
): RecordShape {
  return { type: 3, invocationId, ...outcome }
}

export function cancel(invocationId: string): RecordShape {
  return { type: 5, invocationId }
}

export const ping: RecordShape = { type: 6 }

/** Says that the records of the server up to this number have come. */
export function acknowledge(sequenceId: unknown): RecordShape {
  return { type: 8, sequenceId }
}

/** Says which number the next record has. */
export function sequence(sequenceId: unknown): RecordShape {
  return { type: 9, sequenceId }
}

export function closing(members: Readonly<Record<string, unknown>> = {}): RecordShape {
  return { type: 7, ...members }
}
