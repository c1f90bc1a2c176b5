import {
  type Body,
  type BodyLimit,
  Deferred,
  decodeText,
  encodeText,
} from '@wirebeat/core/extension'
import type { ClientRequest, RequestHead } from './client-request.ts'

// What servers send each other: a line of JSON, and behind it the body of a request. Members that a server does not know
// are passed over, so that later releases can add some.

/** What the server that has the connection is told of a request. */
export interface ForwardedHead {
  /** The path of the endpoint. */
  readonly path: string
  readonly token: string
  readonly method: 'POST' | 'DELETE'
  /** Whether the body is text, by its Content-Type. */
  readonly isText: boolean
  /** The body has more bytes than the endpoint allows, and is left out. */
  readonly isTooLarge: boolean
}

/** How the request is answered. */
export interface ForwardedAnswer {
  readonly status: number
  readonly body: string
  /** Whether the endpoint is to count the answer as a refusal. */
  readonly isRefusal: boolean
}

const UNREADABLE = 'A request that another server has forwarded cannot be read.'
const UNREADABLE_ANSWER = 'The answer of another server to a forwarded request cannot be read.'

/** JSON has none in it: within a text it is written as an escape. */
const LINE_FEED = 0x0a
const NO_BODY = new Uint8Array()

export function writeQuestion(head: ForwardedHead, body: Uint8Array = NO_BODY): Uint8Array {
  const line = encodeText(`${JSON.stringify(head)}\n`)
  const question = new Uint8Array(line.length + body.length)
  question.set(line)
  question.set(body, line.length)
  return question
}

export function writeAnswer(answer: ForwardedAnswer): Uint8Array {
  return encodeText(JSON.stringify(answer))
}

/** @throws Error for what is no answer. */
export function readAnswer(bytes: Uint8Array): ForwardedAnswer {
  const { status, body, isRefusal } = membersOf(bytes) ?? {}
  const isAnswer =
    Number.isInteger(status) &&
    Number(status) >= 200 &&
    Number(status) <= 599 &&
    typeof body === 'string' &&
    typeof isRefusal === 'boolean'
  if (!isAnswer) throw new Error(UNREADABLE_ANSWER)
  return { status: Number(status), body, isRefusal }
}

/** A request that another server has forwarded. It is answered once. */
export class ForwardedRequest implements ClientRequest {
  readonly head: ForwardedHead
  readonly request: RequestHead
  readonly #body: Uint8Array
  readonly #answer = new Deferred<ForwardedAnswer>()

  /** @throws Error for what is no request. */
  constructor(question: Uint8Array) {
    const end = question.indexOf(LINE_FEED)
    const { path, token, method, isText, isTooLarge } =
      membersOf(question.subarray(0, Math.max(end, 0))) ?? {}
    const isHead =
      typeof path === 'string' &&
      typeof token === 'string' &&
      (method === 'POST' || method === 'DELETE') &&
      typeof isText === 'boolean' &&
      typeof isTooLarge === 'boolean'
    if (!isHead) throw new Error(UNREADABLE)
    this.head = { path, token, method, isText, isTooLarge }
    const contentType = isText ? 'text/plain' : undefined
    this.request = {
      method,
      headers: { get: (name) => (name === 'content-type' ? contentType : undefined) },
    }
    // A copy, because it may wait, and may be kept.
    this.#body = question.slice(end + 1)
  }

  /** How it was answered. */
  get answer(): Promise<ForwardedAnswer> {
    return this.#answer.promise
  }

  body({ bytes }: BodyLimit): Promise<Body> {
    const isTooLarge = this.head.isTooLarge || this.#body.length > bytes
    return Promise.resolve(isTooLarge ? 'too-large' : this.#body)
  }

  respond(status: number): void {
    this.#answer.resolve({ status, body: '', isRefusal: false })
  }

  refuse(status: number, body: string): void {
    this.#answer.resolve({ status, body, isRefusal: true })
  }
}

/** The members of an object in JSON. `undefined` for anything else. */
function membersOf(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(decodeText(bytes))
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
