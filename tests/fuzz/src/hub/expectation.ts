import type { End } from '../frame-oracle.ts'
import { MAX_RECORD_SIZE } from '../settings.ts'
import { type Encoding, type Found, type HubRecord, isInt32, isPlain, Type } from './record.ts'

// What records of a client must come to: a model of the protocol, and of the methods of `methods.ts`.

/** What one call is answered with. */
export interface Answer {
  readonly items: readonly unknown[]
  /** Whether the client has cancelled it, so that less items are enough. */
  readonly isCancelled: boolean
  /** The completion, without its type and id. */
  readonly end: HubRecord
}

export interface Expectation {
  /**
   * `idle`: all is answered, and the connection can be used on. `busy`: something is left that needs more of the client.
   * `cut`: the last record is not whole, so that nothing more can be sent. `ended`: the server ends it. `unknown`: nothing
   * can be said.
   */
  readonly verdict: 'idle' | 'busy' | 'cut' | 'ended' | 'unknown'
  /** By the id of the call. Those of a connection that ends may be missing. */
  readonly answers: ReadonlyMap<string, Answer>
  /** The ids of calls that are answered in their order. */
  readonly order: readonly string[]
  /** Of a connection that ends. */
  readonly end?: End
  /** The record of closing, of a connection that ends. */
  readonly close?: HubRecord
}

const FAILED = 'Connection closed with an error.'
const TOO_LARGE = `${FAILED} InvalidDataException: The maximum message size of ${MAX_RECORD_SIZE}B was exceeded. Send less in one message, or raise maxRecordSize of the hub.`
/** Longer ids are allowed, and not made here. */
const LONGEST_ID = 100

/** Something that a client may do, and of which nothing is said here. */
class Unclear extends Error {}

/** @param encoding what the bytes are written in */
export function expectRecords(bytes: Buffer, encoding: Encoding): Expectation {
  const { records, isCut } = encoding.split(bytes, MAX_RECORD_SIZE)
  const model = new Model()
  try {
    for (const record of records) {
      const end = ended(record)
      if (end !== undefined) return { ...end, verdict: 'ended', ...model.result }
      model.take(record as HubRecord)
    }
  } catch (error) {
    if (!(error instanceof Unclear)) throw error
    return { verdict: 'unknown', ...model.result }
  }
  if (isCut) model.dropQuestions()
  return { verdict: isCut ? 'cut' : model.isBusy ? 'busy' : 'idle', ...model.result }
}

/** How a record ends its connection, if it does. */
function ended(record: Found): Required<Pick<Expectation, 'end' | 'close'>> | undefined {
  if (record === 'unclear' || !isPlain(record)) throw new Unclear()
  if (record === 'wrong') {
    const close = { type: Type.close, error: FAILED, allowReconnect: true }
    return { end: { cause: 'protocol-error', code: 1000 }, close }
  }
  if (record === 'large') {
    const close = { type: Type.close, error: TOO_LARGE, allowReconnect: true }
    return { end: { cause: 'message-too-big', code: 1000 }, close }
  }
  if (record['type'] !== Type.close) return undefined
  const { error = '', allowReconnect = false } = record
  if (!areMembers(record, CLOSE)) throw new Unclear()
  if (typeof error !== 'string' || typeof allowReconnect !== 'boolean') throw new Unclear()
  return { end: { cause: 'client', code: 1000 }, close: { type: Type.close } }
}

/** A stream of the client. */
interface Upload {
  readonly call: string | undefined
  total: number
}

class Model {
  readonly #answers = new Map<string, Answer>()
  readonly #order: string[] = []
  /** Streams that wait until they are cancelled. */
  readonly #held = new Set<string>()
  /** Streams that can be cancelled. */
  readonly #cancellable = new Set<string>()
  readonly #uploads = new Map<string, Upload>()
  /** Calls that ask the client. */
  readonly #asking = new Set<string>()
  /** Streams that fail. */
  readonly #failing = new Set<string>()
  readonly #usedIds = new Set<string>()

  get result(): Pick<Expectation, 'answers' | 'order'> {
    return { answers: this.#answers, order: this.#order }
  }

  /** Whether something goes on until the client does more. */
  get isBusy(): boolean {
    return this.#held.size > 0 || this.#uploads.size > 0
  }

  /** The client can answer nothing. */
  dropQuestions(): void {
    for (const id of this.#asking) this.#answers.delete(id)
  }

  take(record: HubRecord): void {
    const { type } = record
    if (type === Type.call || type === Type.stream) this.#call(record, type === Type.stream)
    else if (type === Type.item) this.#item(idOf(record), record)
    else if (type === Type.completion) this.#completion(idOf(record), record)
    else if (type === Type.cancel) this.#cancel(idOf(record))
    else if (type === Type.acknowledgement || type === Type.sequence) {
      if (!areMembers(record, COUNTED) || !isInt32(record['sequenceId'])) throw new Unclear()
    } else if (!areMembers(record, ['type'])) throw new Unclear()
  }

  #call(record: HubRecord, isStream: boolean): void {
    const { invocationId: id, target, arguments: args, streamIds = [] } = record
    const isKnown = areMembers(record, CALL) && isName(target) && Array.isArray(args)
    if (!isKnown || !isList(streamIds) || (isStream && !isId(id))) throw new Unclear()
    if (id !== undefined && id !== '' && !isId(id)) throw new Unclear()
    const own = id === '' ? undefined : (id as string | undefined)
    for (const one of [...(own === undefined ? [] : [own]), ...streamIds]) this.#use(one)
    const name = target.toLowerCase()
    const end = this.#run(name, target, args, streamIds, isStream, own)
    if (end === undefined) return
    if (own === undefined) return
    this.#answers.set(own, { items: [], isCancelled: false, end })
    if (isStream) this.#failing.add(own)
    const isOrdered = !isStream && streamIds.length === 0 && !STREAMING.includes(name)
    if (isOrdered && name !== 'ask') this.#order.push(own)
  }

  /** The completion of a call, unless it streams or waits. */
  #run(
    name: string,
    target: string,
    args: readonly unknown[],
    streamIds: readonly string[],
    isStream: boolean,
    id: string | undefined,
  ): HubRecord | undefined {
    const refused = { error: `Failed to invoke '${name}' due to an error on the server.` }
    const parameters = PARAMETERS.get(name)
    if (parameters === undefined) {
      const error = `Failed to invoke '${target}' due to an error on the server. HubException: Method does not exist.`
      return { error }
    }
    if (args.length !== parameters.length) {
      // Of what may be anything, nothing may be left out as well.
      if (name === 'echo' && args.length === 0) throw new Unclear()
      return refused
    }
    if (!parameters.every((fits, place) => fits(args[place]))) return refused
    const isGenerator = name === 'count' || name === 'held'
    if (isGenerator && !isStream) return { error: asCall(name) }
    const wanted = name === 'total' ? 1 : 0
    if (streamIds.length !== wanted)
      return { error: failed(name, streams(streamIds.length, wanted)) }
    if (isGenerator) return this.#begin(id as string, name, args)
    if (name === 'fail') return { error: failed(name, String(args[0])) }
    // Its answer as a stream is an error, and when it comes is not said here.
    if (isStream) throw new Unclear()
    return this.#answer(name, args, streamIds, id)
  }

  #begin(id: string, name: string, args: readonly unknown[]): undefined {
    if (name === 'held') this.#held.add(id)
    else {
      const items = Array.from({ length: countOf(args[0]) }, (_, i) => i)
      this.#answers.set(id, { items, isCancelled: false, end: {} })
    }
    this.#cancellable.add(id)
  }

  #answer(
    name: string,
    args: readonly unknown[],
    streamIds: readonly string[],
    id: string | undefined,
  ): HubRecord | undefined {
    switch (name) {
      case 'echo':
        return { result: args[0] }
      case 'add':
        return { result: Number(args[0]) + Number(args[1]) }
      case 'ask':
        if (id !== undefined) this.#asking.add(id)
        return { result: answerTo(String(args[0])) }
      default:
        this.#uploads.set(String(streamIds[0]), { call: id, total: 0 })
        return undefined
    }
  }

  #item(id: string, record: HubRecord): void {
    if (!areMembers(record, ITEM) || !('item' in record)) throw new Unclear()
    const upload = this.#uploads.get(id)
    if (upload === undefined) return
    const { item } = record
    if (isInt32(item)) upload.total += item
    else if (typeof item === 'number') throw new Unclear()
    else this.#endUpload(id, { error: failed('total', 'Failed to bind Stream message.') })
  }

  #completion(id: string, record: HubRecord): void {
    const { error } = record
    const hasBoth = error !== undefined && 'result' in record
    if (!areMembers(record, COMPLETION) || hasBoth) throw new Unclear()
    if (error !== undefined && typeof error !== 'string') throw new Unclear()
    // It may be the number of what the server has asked somebody else.
    if (/^s?\d+$/.test(id)) throw new Unclear()
    const upload = this.#uploads.get(id)
    if (upload === undefined) return
    this.#endUpload(
      id,
      error === undefined ? { result: upload.total } : { error: failed('total', error) },
    )
  }

  #endUpload(id: string, end: HubRecord): void {
    const call = this.#uploads.get(id)?.call
    this.#uploads.delete(id)
    if (call !== undefined) this.#answers.set(call, { items: [], isCancelled: false, end })
  }

  #cancel(id: string): void {
    // A stream that fails may be cancelled before it does.
    if (this.#failing.has(id)) throw new Unclear()
    const answer = this.#answers.get(id)
    if (this.#held.delete(id)) this.#answers.set(id, { items: [0], isCancelled: true, end: {} })
    else if (answer !== undefined && this.#cancellable.has(id)) {
      this.#answers.set(id, { ...answer, isCancelled: true })
    }
  }

  /** Two of an id are possible, and not told apart here. */
  #use(id: string): void {
    if (this.#usedIds.has(id)) throw new Unclear()
    this.#usedIds.add(id)
  }
}

/** What the client answers to a question of the server. */
export function answerTo(question: string): string {
  return `${question}!`
}

const NO_ITEM = (): boolean => true
const PARAMETERS: ReadonlyMap<string, readonly ((value: unknown) => boolean)[]> = new Map([
  ['echo', [NO_ITEM]],
  ['add', [isInt, isInt]],
  ['fail', [isText]],
  ['ask', [isText]],
  ['total', []],
  ['count', [isInt]],
  ['held', []],
])
const STREAMING: readonly string[] = ['count', 'held', 'total']

const CALL: readonly string[] = ['type', 'invocationId', 'target', 'arguments', 'streamIds']
const ITEM: readonly string[] = ['type', 'invocationId', 'item']
const COMPLETION: readonly string[] = ['type', 'invocationId', 'result', 'error']
const CLOSE: readonly string[] = ['type', 'error', 'allowReconnect']
const COUNTED: readonly string[] = ['type', 'sequenceId']
const CANCEL: readonly string[] = ['type', 'invocationId']

function areMembers(record: HubRecord, names: readonly string[]): boolean {
  return Object.keys(record).every((name) => names.includes(name))
}

function idOf(record: HubRecord): string {
  const { invocationId: id } = record
  if (record['type'] === Type.cancel && !areMembers(record, CANCEL)) throw new Unclear()
  if (!isId(id)) throw new Unclear()
  return id
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id.length > 0 && id.length <= LONGEST_ID
}

/** Of other letters it is not said here which have no case. */
function isName(target: unknown): target is string {
  return typeof target === 'string' && /^[\x20-\x7e]+$/.test(target)
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isId)
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

/** Sums of larger ones may not be exact. */
function isInt(value: unknown): boolean {
  if (typeof value === 'number' && Number.isInteger(value) && !isInt32(value)) throw new Unclear()
  return isInt32(value)
}

function countOf(to: unknown): number {
  return Math.max(0, Math.min(Number(to), 1_000))
}

function failed(name: string, text: string): string {
  return `An unexpected error occurred invoking '${name}' on the server. HubException: ${text}`
}

function streams(sent: number, wanted: number): string {
  return `Client sent ${sent} stream(s), Hub method expects ${wanted}.`
}

function asCall(name: string): string {
  return `The client attempted to invoke the streaming '${name}' method with a non-streaming invocation.`
}
