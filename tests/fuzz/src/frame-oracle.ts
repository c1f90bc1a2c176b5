import type { CloseCause } from '@wirebeat/core'
import type { Capability } from '@wirebeat/core/adapter'
import { type Inflated, inflate } from './deflate.ts'
import { type FrameLength, isWasteful, readLength } from './frame-length.ts'

// What the frames of a client must come to: an independent reading of RFC 6455, section 5, and of the
// causes that the endpoint tells.

/** What the server owes: an echo or a pong. */
export interface Answer {
  readonly opcode: number
  readonly payload: Buffer
}

/** How the session is told of the end. */
export interface End {
  readonly cause: CloseCause
  readonly code: number
}

/** What becomes of the connection. */
export type Verdict =
  /** It stays open. */
  | {
      readonly kind: 'open'
      /** Whether the last frame is whole. */
      readonly isWhole: boolean
      /** Whether no message has begun that goes on. */
      readonly isIdle: boolean
    }
  /** It ends by itself, in one of these ways. */
  | {
      readonly kind: 'ended'
      readonly ends: readonly End[]
      /** `false` where an engine may wait for more before it sees what is wrong. */
      readonly isCertain: boolean
      /** Whether a close frame has to come first. */
      readonly owesClose: boolean
    }
  /** What it comes to depends on the engine; that nothing breaks is all that can be asked. */
  | { readonly kind: 'unknown' }

export interface Expectation {
  /** In order; all come unless the connection ends without a close frame. */
  readonly answers: readonly Answer[]
  readonly verdict: Verdict
}

export interface Rules {
  /** Whether permessage-deflate was agreed on. */
  readonly compression: boolean
  readonly maxMessageSize: number
  /** Whether the bytes come in pieces. */
  readonly isCut: boolean
  can(capability: Capability): boolean
}

const PROTOCOL_ERROR: End = { cause: 'protocol-error', code: 1002 }
const INVALID_DATA: End = { cause: 'invalid-data', code: 1007 }
const TOO_BIG: End = { cause: 'message-too-big', code: 1009 }

/** Tells what `bytes` come to on a connection that has just been opened, or that is between messages. */
export function expectFrames(bytes: Buffer, rules: Rules): Expectation {
  return new Reference(rules).read(bytes)
}

interface Header extends FrameLength {
  readonly fin: boolean
  readonly opcode: number
  readonly rsv1: boolean
}

interface PartialMessage {
  readonly opcode: number
  readonly isCompressed: boolean
  readonly parts: Buffer[]
  size: number
}

const MASK_SIZE = 4

class Reference {
  readonly #rules: Rules
  readonly #answers: Answer[] = []
  #message: PartialMessage | undefined

  constructor(rules: Rules) {
    this.#rules = rules
  }

  read(bytes: Buffer): Expectation {
    let at = 0
    for (;;) {
      const rest = bytes.subarray(at)
      const step = this.#readFrame(rest)
      if (typeof step !== 'number') return { answers: this.#answers, verdict: this.#judge(step) }
      at += step
    }
  }

  /** Compressed data that is broken may be found out in any fragment, or at the end. */
  #judge(verdict: Verdict): Verdict {
    return this.#message?.isCompressed ? { kind: 'unknown' } : verdict
  }

  /** @returns the size of the frame, or the verdict where nothing follows. */
  #readFrame(bytes: Buffer): number | Verdict {
    const [first, second] = bytes
    if (first === undefined)
      return { kind: 'open', isWhole: true, isIdle: this.#message === undefined }
    if (second === undefined) return { kind: 'unknown' }
    const { can } = this.#rules
    const isUnmasked = second < 128
    if (this.#isBroken(first, second) || (isUnmasked && can('unmasked'))) {
      return violation(PROTOCOL_ERROR, this.#rules, hasHeader(bytes))
    }
    // Half a code, which an engine may look at when it is there.
    if ((first & 0x0f) === 8 && (second & 0x7f) === 1 && can('close-payload')) {
      return violation(PROTOCOL_ERROR, this.#rules, bytes.length >= 2 + MASK_SIZE + 1)
    }
    // What an engine that overlooks it makes of all that follows is its own.
    if (isUnmasked || this.#isOverlooked(first)) return { kind: 'unknown' }
    const header = readHeader(bytes)
    if (header === undefined) return { kind: 'unknown' }
    const { size, length, rsv1 } = header
    const isSplit = this.#rules.isCut && rsv1 && size > 2
    if (isSplit && !can('split-compressed-header')) return { kind: 'unknown' }
    if (isWasteful(header) && can('minimal-length')) {
      return violation(PROTOCOL_ERROR, this.#rules, hasHeader(bytes))
    }
    const tooBig = this.#checkSize(header, bytes)
    if (tooBig !== undefined) return tooBig
    const end = size + MASK_SIZE + length
    if (bytes.length < end) return { kind: 'open', isWhole: false, isIdle: false }
    const payload = unmask(bytes.subarray(size, end))
    return this.#take(header, payload) ?? end
  }

  #isBroken(first: number, second: number): boolean {
    const opcode = first & 0x0f
    const isControl = opcode >= 8
    if ((first & 0x30) !== 0 || (opcode > 2 && opcode < 8) || opcode > 10) return true
    if (isControl && (first < 128 || (second & 0x7f) > 125)) return true
    if ((first & 0x40) !== 0 && !this.#mayCarryRsv1(opcode)) return true
    if (opcode === 0) return this.#message === undefined
    if (!this.#rules.can('interleaved-message')) return false
    return !isControl && this.#message !== undefined
  }

  #mayCarryRsv1(opcode: number): boolean {
    if (!this.#rules.compression) return false
    return opcode === 1 || opcode === 2 || !this.#rules.can('compressed-control')
  }

  #isOverlooked(first: number): boolean {
    const opcode = first & 0x0f
    const isCompressed = (opcode === 0 || opcode >= 8) && (first & 0x40) !== 0
    return isCompressed || (opcode > 0 && opcode < 3 && this.#message !== undefined)
  }

  #checkSize({ opcode, length, fin, size }: Header, bytes: Buffer): Verdict | undefined {
    const { maxMessageSize, can } = this.#rules
    if (opcode >= 8) return undefined
    const total = (this.#message?.size ?? 0) + length
    if (total <= maxMessageSize) return undefined
    const isWhole = bytes.length >= size + MASK_SIZE + length
    // Of a fragment with which only the message gets too big, an engine may wait for the rest.
    if (length <= maxMessageSize && !isWhole) return { kind: 'unknown' }
    if (length <= 2 * maxMessageSize && !can('oversize-close') && !(fin && isWhole)) {
      // Up to twice the limit an engine may take it, and see more that is wrong before it ends.
      return { kind: 'unknown' }
    }
    // With its highest bit set the length is broken framing as well.
    // So is text that is whole and that such an engine has looked at before.
    const ends = length >= 2 ** 63 ? [TOO_BIG, PROTOCOL_ERROR] : [TOO_BIG, INVALID_DATA]
    const isCertain = bytes.length >= size + MASK_SIZE
    return { kind: 'ended', ends, isCertain, owesClose: can('oversize-close') }
  }

  #take({ opcode, rsv1, fin }: Header, payload: Buffer): Verdict | undefined {
    if (opcode === 8) return this.#closed(payload)
    if (opcode === 9) this.#answers.push({ opcode: 10, payload })
    if (opcode >= 8) return undefined
    this.#message ??= { opcode, isCompressed: rsv1, parts: [], size: 0 }
    this.#message.parts.push(payload)
    this.#message.size += payload.length
    return fin ? this.#finish(this.#message) : undefined
  }

  #finish({ opcode, isCompressed, parts }: PartialMessage): Verdict | undefined {
    this.#message = undefined
    const data = Buffer.concat(parts)
    const payload = isCompressed ? this.#inflate(data) : data
    const isWrong = payload === 'too-big' || payload === 'broken'
    // It may be seen in any fragment, before what stands between them is answered.
    if (payload === 'doubtful' || (isWrong && parts.length > 1)) return { kind: 'unknown' }
    if (payload === 'too-big') {
      const owesClose = this.#rules.can('oversize-close')
      // The limit and what is broken may be met in either order.
      return { kind: 'ended', ends: [TOO_BIG, INVALID_DATA], isCertain: true, owesClose }
    }
    if (payload === 'broken') {
      const isTold = this.#rules.can('inflate-error')
      const ends = isTold ? [INVALID_DATA] : [INVALID_DATA, TOO_BIG]
      return { kind: 'ended', ends, isCertain: true, owesClose: isTold }
    }
    if (opcode === 1 && !isUtf8(payload)) return violation(INVALID_DATA, this.#rules, true)
    this.#answers.push({ opcode, payload })
    return undefined
  }

  #inflate(data: Buffer): Exclude<Inflated, 'never-occurs'> {
    const payload = inflate(data, this.#rules.maxMessageSize)
    if (payload !== 'never-occurs') return payload
    return this.#rules.can('strict-inflate') ? 'broken' : 'doubtful'
  }

  #closed(payload: Buffer): Verdict {
    const { can } = this.#rules
    const code = payload.length === 0 ? 1005 : payload.length === 1 ? 0 : payload.readUInt16BE()
    const fault = payload.length === 0 ? undefined : closeFault(code, payload.subarray(2))
    if (fault !== undefined && can('close-payload')) return violation(fault, this.#rules, true)
    const unread: End = { cause: 'client', code: 1005 }
    if (fault !== undefined) {
      return { kind: 'ended', ends: [unread, fault], isCertain: true, owesClose: false }
    }
    const isOutOfRange = (code >= 1012 && code <= 1014) || (code >= 3000 && code <= 3999)
    const end =
      isOutOfRange && !can('close-code-range') ? unread : ({ cause: 'client', code } as const)
    return { kind: 'ended', ends: [end], isCertain: true, owesClose: true }
  }
}

function violation(end: End, { can }: Rules, isCertain: boolean): Verdict {
  return { kind: 'ended', ends: [end], isCertain, owesClose: can('framing-close') }
}

/** What a client must not close with (RFC 6455, sections 5.5.1 and 7.4), or nothing. */
function closeFault(code: number, reason: Buffer): End | undefined {
  const isGood =
    (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999)
  if (!isGood) return PROTOCOL_ERROR
  return isUtf8(reason) ? undefined : INVALID_DATA
}

/** Whether the header is whole, with the mask; only then an engine need look at it. */
function hasHeader(bytes: Buffer): boolean {
  const header = readLength(bytes)
  return header !== undefined && bytes.length >= header.size + MASK_SIZE
}

function readHeader(bytes: Buffer): Header | undefined {
  const [first = 0] = bytes
  const length = readLength(bytes)
  return (
    length && { fin: first >= 128, opcode: first & 0x0f, rsv1: (first & 0x40) !== 0, ...length }
  )
}

/** @param bytes the mask, and the payload behind it */
function unmask(bytes: Buffer): Buffer {
  const payload = Buffer.from(bytes.subarray(MASK_SIZE))
  // The index is below the length, and that of the mask below four.
  for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] ?? 0) ^ (bytes[i & 3] ?? 0)
  return payload
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function isUtf8(bytes: Uint8Array): boolean {
  try {
    utf8.decode(bytes)
    return true
  } catch {
    return false
  }
}
