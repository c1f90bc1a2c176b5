import type { EncodingName } from './record.ts'

/** What brings the records of a client to the server, and those of the server back. */
export interface Carrier {
  /** @param isFinal whether it is the last fragment of a message, where the transport has such */
  send(data: string | Buffer, isFinal: boolean): void
  /** Says by a close frame that it is the end, or hangs up. */
  close(code: number | undefined, reason: string): void
  /** Ends the TCP connections, and says nothing. */
  cut(): void
  /** Reads nothing until `resume`. */
  pause(): void
  resume(): void
}

export interface CarrierListener {
  message(data: Buffer, isBinary: boolean): void
  /** Something that is no message, which the transcript tells. */
  note(text: string): void
  ended(text: string): void
}

/** Where a connection is. */
export interface Address {
  /** Of the server. */
  readonly origin: string
  /** With the path and the query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly encoding: EncodingName
}

/** Opens a carrier. Resolves with it, or with the answer that refused it. */
export type Open = (address: Address, listener: CarrierListener) => Promise<Carrier | string>

/** How a refusal is told. */
export function refusal(status: number | undefined, type: unknown, body: string): string {
  return ['refused', status, type, body].filter(Boolean).join(' ')
}
