import { createHash } from 'node:crypto'
import type { CloseEvent } from '@wirebeat/core'
import type { Capability } from '@wirebeat/core/adapter'
import { Opcode } from '../frame.ts'
import { contents } from './contents.ts'
import {
  answersBeforeClose,
  type Conversation,
  framesOf,
  type MessageStep,
  stepsOf,
} from './conversation.ts'

/** What became of a conversation, in words: a plain value, to be compared as it is. */
export interface Transcript {
  /** What the session was told, in order. */
  readonly told: readonly string[]
  /** What the client saw; nothing of a client that did not wait for it. */
  readonly seen?: Seen
}

export interface Seen {
  readonly messages: readonly string[]
  readonly pongs: readonly string[]
  /** The close frame of the server. */
  readonly close: string
}

export function describeMessage(type: 'text' | 'binary', bytes: Uint8Array): string {
  return `${type} ${describeBytes(bytes)}`
}

export function describeBytes(bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  return `of ${bytes.length} bytes, ${digest}`
}

export function describeClose({ code, reason, wasClean, cause }: CloseEvent): string {
  return `close ${code} ${JSON.stringify(reason)}, ${wasClean ? 'clean' : 'not clean'}, ${cause}`
}

/** A close frame, without its reason where that is the server's own affair. */
export function describeCloseFrame(code: number, reason?: string): string {
  return reason === undefined ? `${code}` : `${code} ${JSON.stringify(reason)}`
}

/** Whether an engine has a capability. */
type Can = (capability: Capability) => boolean

/** What the conversation must come to, on an engine with these capabilities. */
export function expectedTranscript(conversation: Conversation, can: Can): Transcript {
  const limit = answersBeforeClose(conversation)
  const messages: string[] = []
  const pongs: string[] = []
  for (const step of stepsOf(conversation)) {
    if (messages.length >= limit) break
    if (step.kind === 'pause') continue
    for (const { opcode, payload = '' } of framesOf(step)) {
      if (opcode === Opcode.Ping) pongs.push(describeBytes(Buffer.from(payload)))
    }
    if (step.kind === 'message') messages.push(describeStep(step))
  }
  const { event, close } = expectedEnd(conversation, can)
  const told = ['open', ...messages, describeClose(event)]
  return conversation.ending.kind === 'hasty-fin'
    ? { told }
    : { told, seen: { messages, pongs, close } }
}

function describeStep({ type, size, seed }: MessageStep): string {
  return describeMessage(type, contents(type, size, seed))
}

function expectedEnd(
  { ending }: Conversation,
  can: Can,
): { readonly event: CloseEvent; readonly close: string } {
  const normal = describeCloseFrame(1000)
  switch (ending.kind) {
    case 'client-close': {
      if (isUnreadable(ending.code) && !can('close-code-range')) {
        const event = { code: 1005, reason: '', wasClean: true, cause: 'client' } as const
        return { event, close: normal }
      }
      const { code, reason } = ending
      const event = { code, reason, wasClean: true, cause: 'client' } as const
      return { event, close: describeCloseFrame(code) }
    }
    case 'empty-close':
      return {
        event: { code: 1005, reason: '', wasClean: true, cause: 'client' },
        close: normal,
      }
    case 'session-close': {
      const { code, reason } = ending
      const wasClean = can('close-answer')
      return {
        event: { code, reason, wasClean, cause: 'server' },
        close: describeCloseFrame(code, reason),
      }
    }
    case 'fin':
    case 'hasty-fin':
    case 'reset':
      return { event: { code: 1006, reason: '', wasClean: false, cause: 'lost' }, close: 'none' }
  }
}

/** The codes of a peer that an engine without `close-code-range` does not tell. */
function isUnreadable(code: number): boolean {
  return (code >= 1012 && code <= 1014) || (code >= 3000 && code <= 3999)
}
