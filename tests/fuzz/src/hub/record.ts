/** A record of the hub protocol, with the members that JSON has for it. */
export type HubRecord = Readonly<Record<string, unknown>>

/** The types of records. */
export const Type = {
  call: 1,
  item: 2,
  completion: 3,
  stream: 4,
  cancel: 5,
  ping: 6,
  close: 7,
  acknowledgement: 8,
  sequence: 9,
} as const

/** What is found in bytes: records, and where they stop being any. */
export interface Split {
  readonly records: readonly Found[]
  /** Whether bytes are left that are no whole record. */
  readonly isCut: boolean
}

/** `wrong` ends a connection, `large` too, and of `unclear` nothing is said here. */
export type Found = HubRecord | 'wrong' | 'large' | 'unclear'

/** One encoding of the protocol, written for these tests and not for a server. */
export interface Encoding {
  readonly name: 'json' | 'messagepack'
  write(record: HubRecord): Buffer
  /**
   * Reads what these tests send to a server.
   *
   * @param largest the most bytes of a record
   */
  split(bytes: Buffer, largest: number): Split
  /**
   * Reads what a server has sent in one message.
   *
   * @throws Error for what are no whole records.
   */
  read(message: Buffer): readonly HubRecord[]
}

/** Whether a value is an object that may be a record, or members of one. */
export function isMembers(value: unknown): value is HubRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isInt32(value: unknown): value is number {
  return typeof value === 'number' && value === (value | 0)
}

/** Whether a value comes back as it is: none of the forms in which encodings, or their readers, differ. */
export function isPlain(value: unknown): boolean {
  // MessagePack has bytes for a lone surrogate, which one reader takes for it and another for U+FFFD.
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\ufffd')
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint'
  if (Array.isArray(value)) return value.every(isPlain)
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  return Object.entries(value).every(
    ([name, member]) => name !== '__proto__' && isPlain(name) && isPlain(member),
  )
}
