import { type Bytes, bytesOf } from '@wirebeat/core'
import { decodeText, encodeText } from '@wirebeat/core/extension'
import type { Encoded, HubEncoding, RecordReader } from './encoding.ts'
import { integerMember, optionalText, readMembers } from './json/members.ts'
import { RECORD_END, RECORD_END_BYTE } from './json/text-records.ts'
import { RecordError } from './record.ts'
import { UnfinishedRecord } from './unfinished-record.ts'

/** The newest version of the protocol. Version 2 is asked for by clients that negotiated stateful reconnect. */
export const NEWEST_VERSION = 2

/** What came of a handshake. */
export type Handshake = AcceptedHandshake | RefusedHandshake

export interface AcceptedHandshake {
  readonly accepted: true
  readonly encoding: HubEncoding
  readonly version: number
  /** It has been given what stood behind the handshake. */
  readonly reader: RecordReader
  /** Has to be sent before anything else. */
  readonly answer: Encoded
}

export interface RefusedHandshake {
  readonly accepted: false
  readonly error: string
  /** Has to be sent, and then the connection has to be closed with 1000. */
  readonly answer: string
}

export interface HandshakeOptions {
  /** Those of the hub. */
  readonly encodings: readonly HubEncoding[]
  /** Whether the transport carries bytes. Server-Sent Events do not. */
  readonly allowBinary: boolean
  /** The most bytes of the handshake with its end, and of each record after it. */
  readonly maxRecordSize: number
  /** Whether a client is told what is malformed. */
  readonly detailedErrors: boolean
}

/**
 * Reads the first record of a client, which is JSON whatever the encoding that it asks for:
 * `{"protocol":"json","version":1}`.
 */
export class HandshakeReader {
  readonly #options: HandshakeOptions
  readonly #unfinished = new UnfinishedRecord()

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  /**
   * Adds what has arrived, and must not be called after that was the whole handshake.
   *
   * @returns `undefined` when the handshake has not arrived whole
   */
  push(data: string | Bytes): Handshake | undefined {
    const bytes = bytesOf(data)
    const end = bytes.indexOf(RECORD_END_BYTE) + 1
    const part = end === 0 ? bytes : bytes.subarray(0, end)
    if (this.#unfinished.size + part.length > this.#options.maxRecordSize) return canceled()
    this.#unfinished.append(part)
    if (end === 0) return undefined
    const record = this.#unfinished.take()
    const text = decodeText(record.subarray(0, record.length - 1))
    return decide(text, bytes.subarray(end), this.#options)
  }
}

/** For a handshake that did not come in time, or that is too long. */
export function canceled(): RefusedHandshake {
  return refuse('Handshake was canceled.')
}

function decide(text: string, rest: Uint8Array, options: HandshakeOptions): Handshake {
  let name: string
  let version: number
  try {
    const members = readMembers(text)
    const protocol = optionalText(members, 'protocol')
    if (protocol === undefined) throw missing('protocol', text)
    name = protocol
    if (members['version'] === undefined) throw missing('version', text)
    version = integerMember(members, 'version')
  } catch (error) {
    if (error instanceof RecordError) return malformed(error, options.detailedErrors)
    throw error
  }
  const encoding = find(options.encodings, name)
  if (encoding === undefined) return refuse(`The protocol '${name}' is not supported.`)
  if (version > NEWEST_VERSION) {
    return refuse(`The server does not support version ${version} of the '${name}' protocol.`)
  }
  if (encoding.format === 'binary' && !options.allowBinary) {
    return refuse(
      `Cannot use the '${encoding.name}' protocol on the current transport. The transport does not support 'Binary' transfer format.`,
    )
  }
  const reader = encoding.reader(options.maxRecordSize)
  if (rest.length > 0) reader.push(rest)
  const answer = encoding.format === 'binary' ? encodeText(ACCEPTED) : ACCEPTED
  return { accepted: true, encoding, version, reader, answer }
}

function missing(name: string, text: string): RecordError {
  return new RecordError(`Missing required property '${name}'. Message content: ${text}`)
}

const ACCEPTED = `{}${RECORD_END}`

/** Names are the same whatever their case. */
function find(encodings: readonly HubEncoding[], name: string): HubEncoding | undefined {
  return encodings.find((encoding) => encoding.name.toLowerCase() === name.toLowerCase())
}

function malformed(error: RecordError, detailedErrors: boolean): RefusedHandshake {
  const detail = detailedErrors ? ` InvalidDataException: ${error.message}` : ''
  return refuse(`An unexpected error occurred during connection handshake.${detail}`)
}

function refuse(error: string): RefusedHandshake {
  return { accepted: false, error, answer: `${JSON.stringify({ error })}${RECORD_END}` }
}
