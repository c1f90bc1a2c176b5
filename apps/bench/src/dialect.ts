import { encode } from '@msgpack/msgpack'
import { clientFrame, Opcode, serverFrame } from '@wirebeat/test-support/wire'
import type { MessageType } from './load.ts'

/**
 * What is spoken over the WebSocket, or instead of one. A message of `socket.io` is an event with the data as its
 * argument, in the packets of its protocol 5 over engine.io 4; the client's own library would take
 * more time than the server, so the packets are written here. So are the records of the hub protocol of SignalR: a call
 * of `Echo` in JSON for text, of `EchoBytes` in MessagePack for binary data. With stateful reconnect, the client says once in
 * a second what it has, as official clients do.
 *
 * Without a WebSocket, a client polls and sends by POST, in the way of `@wirebeat/http-transports` or in that of engine.io 4,
 * or it reads a stream of Server-Sent Events, which it negotiates first unless the stream is written by hand.
 */
export type Dialect =
  | 'websocket'
  | 'long polling'
  | 'engine.io polling'
  | 'events'
  | 'events by hand'
  | 'socket.io'
  | 'socket.io, acknowledged'
  | 'hub'
  | 'hub, stateful'

/**
 * One message both ways: what the client sends, and what a server that echoes answers. Of polling, the bodies; of a stream of
 * events, an event.
 */
export interface Exchange {
  readonly request: Buffer
  /** Of a hub, the record without its frame: a server may put several into one. */
  readonly echo: Buffer
}

interface Frame {
  readonly opcode: Opcode
  readonly payload: Uint8Array
}

/** The request target of the handshake. */
export function targetOf(dialect: Dialect): string {
  if (dialect === 'engine.io polling') return '/engine.io/?EIO=4&transport=polling'
  return isSocketIo(dialect) ? '/socket.io/?EIO=4&transport=websocket' : '/ws'
}

/** Whether the records of the hub protocol are spoken. */
export function isHub(dialect: Dialect): boolean {
  return dialect === 'hub' || dialect === 'hub, stateful'
}

/** Whether a client has to negotiate before it connects. */
export function isNegotiated(dialect: Dialect): boolean {
  return dialect === 'hub, stateful' || dialect === 'long polling' || dialect === 'events'
}

export function isPolling(dialect: Dialect): boolean {
  return dialect === 'long polling' || dialect === 'engine.io polling'
}

/** Whether the server answers with a stream of Server-Sent Events. */
export function isEvents(dialect: Dialect): boolean {
  return dialect === 'events' || dialect === 'events by hand'
}

export function isSocketIo(dialect: Dialect): boolean {
  return dialect === 'socket.io' || dialect === 'socket.io, acknowledged'
}

export function exchangeOf(
  dialect: Dialect,
  type: MessageType,
  payload: Buffer,
  mask: number,
): Exchange {
  if (isHub(dialect)) return hubCall(type, payload, mask)
  if (dialect === 'socket.io, acknowledged') return acknowledged(payload, mask)
  if (dialect === 'long polling') return { request: payload, echo: payload }
  if (dialect === 'engine.io polling') return sameBothWays(`4${payload.toString('latin1')}`)
  if (isEvents(dialect)) return sameBothWays(eventOf(payload.toString('latin1')))
  const frames = framesOf(dialect, type, payload)
  return {
    request: Buffer.concat(frames.map((frame) => clientFrame(frame.opcode, frame.payload, mask))),
    echo: Buffer.concat(frames.map((frame) => serverFrame(frame.opcode, frame.payload))),
  }
}

function sameBothWays(text: string): Exchange {
  const bytes = Buffer.from(text)
  return { request: bytes, echo: bytes }
}

/** A message without line ends as a Server-Sent Event. */
export function eventOf(text: string): string {
  return `data: ${text}\r\n\r\n`
}

function framesOf(dialect: Dialect, type: MessageType, payload: Buffer): Frame[] {
  if (dialect === 'websocket') return [{ opcode: Opcode[type], payload }]
  if (type === 'text') return [textFrame(`42["m","${payload.toString('latin1')}"]`)]
  return [textFrame('451-["m",{"_placeholder":true,"num":0}]'), { opcode: Opcode.binary, payload }]
}

function textFrame(text: string): Frame {
  return { opcode: Opcode.text, payload: Buffer.from(text) }
}

/** An event with a number, and the answer to it. */
function acknowledged(payload: Buffer, mask: number): Exchange {
  const text = payload.toString('latin1')
  return {
    request: clientFrame(Opcode.text, Buffer.from(`420["m","${text}"]`), mask),
    echo: serverFrame(Opcode.text, Buffer.from(`430["${text}"]`)),
  }
}

/** What ends a record of the hub protocol in JSON. */
const SEPARATOR = '\u001e'

/** A call and its completion. The id is always the same, for the server does not look for another one that runs. */
function hubCall(type: MessageType, payload: Buffer, mask: number): Exchange {
  if (type === 'binary') return hubCallOfBytes(payload, mask)
  const text = payload.toString('latin1')
  const call = `{"arguments":["${text}"],"invocationId":"1","target":"Echo","type":1}${SEPARATOR}`
  return {
    request: clientFrame(Opcode.text, Buffer.from(call), mask),
    echo: Buffer.from(`{"type":3,"invocationId":"1","result":"${text}"}${SEPARATOR}`),
  }
}

function hubCallOfBytes(payload: Buffer, mask: number): Exchange {
  const call = hubRecord([1, {}, '1', 'EchoBytes', [payload], []])
  return {
    request: clientFrame(Opcode.binary, call, mask),
    echo: hubRecord([3, {}, '1', 3, payload]),
  }
}

/** A record in MessagePack, with its length before it, seven bits in each byte. */
function hubRecord(record: unknown): Buffer {
  const body = encode(record)
  const prefix: number[] = []
  let rest = body.length
  for (; rest > 0x7f; rest >>= 7) prefix.push((rest & 0x7f) | 0x80)
  return Buffer.concat([Uint8Array.from([...prefix, rest]), body])
}

/** The record by which a hub sends a message of a broadcast. */
export function hubMessage(text: string): Buffer {
  return Buffer.from(`{"type":1,"target":"m","arguments":["${text}"]}${SEPARATOR}`)
}

/** What a client of a hub says first. */
export function hubHello(dialect: Dialect, type: MessageType, mask: number): Buffer {
  const protocol = type === 'text' ? 'json' : 'messagepack'
  const version = dialect === 'hub, stateful' ? 2 : 1
  const hello = `{"protocol":"${protocol}","version":${version}}${SEPARATOR}`
  return clientFrame(Opcode.text, Buffer.from(hello), mask)
}

/** How a hub answers that, and what each side says when it has nothing to say, in text and binary. */
export const HUB_WELCOME: Buffer = Buffer.from(`{}${SEPARATOR}`)
export const HUB_PINGS: readonly Buffer[] = [
  Buffer.from(`{"type":6}${SEPARATOR}`),
  Buffer.from([0x02, 0x91, 0x06]),
]

/** What a client of a hub says in every `HUB_PING_INTERVAL`, for a hub ends one from which it hears nothing. */
export function hubPing(type: MessageType, mask: number): Buffer {
  const [text, binary] = HUB_PINGS as [Buffer, Buffer]
  return type === 'text'
    ? clientFrame(Opcode.text, text, mask)
    : clientFrame(Opcode.binary, binary, mask)
}

/** In milliseconds, as official clients have it. */
export const HUB_PING_INTERVAL = 15_000

/** Tells a hub that so many records have come. */
export function hubAcknowledgement(type: MessageType, count: number, mask: number): Buffer {
  if (type === 'binary') return clientFrame(Opcode.binary, hubRecord([8, count]), mask)
  return clientFrame(Opcode.text, Buffer.from(`{"type":8,"sequenceId":${count}}${SEPARATOR}`), mask)
}

const ACKNOWLEDGEMENT = Buffer.from('{"type":8,')

/** The size of the acknowledgement that begins here; 0 where something else does. */
export function acknowledgementSize(chunk: Buffer, at: number): number {
  // In MessagePack, an array of two behind its length.
  if (chunk[at + 1] === 0x92 && chunk[at + 2] === 0x08) return 1 + (chunk[at] ?? 0)
  const { length } = ACKNOWLEDGEMENT
  if (ACKNOWLEDGEMENT.compare(chunk, at, Math.min(at + length, chunk.length)) !== 0) return 0
  return chunk.indexOf(SEPARATOR, at) + 1 - at
}

/** Tells a hub that the latest message of a broadcast has come to all. */
export function hubArrived(mask: number): Buffer {
  const call = `{"type":1,"target":"Arrived","arguments":[]}${SEPARATOR}`
  return clientFrame(Opcode.text, Buffer.from(call), mask)
}
