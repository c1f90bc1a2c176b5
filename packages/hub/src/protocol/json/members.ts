import { RecordError } from '../record.ts'
import { objectEnd } from './object-end.ts'

/** What a JSON object has. */
export type Members = Readonly<Record<string, unknown>>

/**
 * The members of the object with which a text begins. What stands behind it is skipped, and of two equal members the
 * last one counts.
 *
 * @throws RecordError for a text that begins with something else, or with an object that has too many levels.
 */
export function readMembers(text: string): Members {
  const end = objectEnd(text)
  if (end === 0) throw noObject(text)
  try {
    return JSON.parse(text.slice(0, end)) as Members
  } catch {
    throw new RecordError('Error reading JSON.')
  }
}

function noObject(text: string): RecordError {
  const isArray = text.trimStart().startsWith('[')
  return new RecordError(
    isArray ? "Unexpected JSON Token Type 'Array'. Expected a JSON Object." : 'Error reading JSON.',
  )
}

/** @throws RecordError when it is of another kind, such as null. */
export function optionalText(members: Members, name: string): string | undefined {
  const value = members[name]
  if (value === undefined || typeof value === 'string') return value
  throw wrongKind(name, 'String')
}

const INT32_END = 2 ** 31

/** A whole number of 32 bits. @throws RecordError when it is not there, or of another kind. */
export function integerMember(members: Members, name: string): number {
  const value = members[name]
  if (value === undefined) throw missing(name)
  if (Number.isInteger(value) && Number(value) >= -INT32_END && Number(value) < INT32_END) {
    return Number(value)
  }
  throw wrongKind(name, 'Number')
}

export function missing(name: string): RecordError {
  return new RecordError(`Missing required property '${name}'.`)
}

export function wrongKind(name: string, kind: string): RecordError {
  return new RecordError(`Expected '${name}' to be of type ${kind}.`)
}
