// What is sent and what comes, so that a person can read it.
import { isUtf8 } from 'node:buffer'
import type { PlainRequest } from '../conversation/step.ts'
import { describeRecords } from '../wire/message-pack.ts'
import type { Head } from '../wire/raw-request.ts'
import { type EncodingName, SEPARATOR } from '../wire/record.ts'

/** What makes a body no text. */
const UNREADABLE = /[^\P{Cc}\s]/u
/** The headers of an answer that are the protocol's or the security's business. */
const TOLD_HEADERS = [
  'allow',
  'content-type',
  'content-encoding',
  'cache-control',
  'pragma',
  'expires',
  'location',
  'www-authenticate',
  'x-accel-buffering',
]

export function shownRequest({ method, target, headers, body }: PlainRequest): string {
  const said = Object.entries(headers).map(([name, value]) => `, ${name}: ${value}`)
  const bytes = body.length === 0 ? '' : `, ${Buffer.byteLength(body)} bytes`
  return `${method} ${target}${said.join('')}${bytes}`
}

export function shownHead({ status, headers }: Head): string {
  const told = TOLD_HEADERS.flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [`${name}: ${value}`]
  })
  return [status, ...told].join(', ')
}

/** A body, so that a person can read it. */
export function shownBody(body: Buffer): string {
  const text = body.toString()
  const isText = isUtf8(body) && !UNREADABLE.test(text.replaceAll(SEPARATOR, ''))
  return isText ? text : `bytes ${body.toString('hex')}`
}

/** What is sent, so that a person can read it. */
export function shownData(data: string | Buffer, encoding: EncodingName | undefined): string {
  if (typeof data === 'string') return data.replaceAll(SEPARATOR, '␞')
  if (encoding === 'messagepack') {
    try {
      return describeRecords(data)
        .map(({ text }) => text)
        .join(' ')
    } catch {
      // It is no MessagePack, on purpose.
    }
  }
  return `bytes ${data.toString('hex')}`
}
