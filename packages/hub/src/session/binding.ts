import { isThenable } from '@wirebeat/core/extension'
import type { HubMethod } from '../definition/method-table.ts'
import { StreamOf } from '../definition/parameter.ts'
import type { Issue, Schema } from '../definition/schema.ts'
import { RefusedCallError } from '../errors/refused-call-error.ts'
import { refused } from './failure-text.ts'

/** What the check of a value has found. */
interface Checked {
  readonly value?: unknown
  readonly issues?: readonly Issue[] | undefined
}

/**
 * The arguments of a method's handler: the call, and the checked arguments and the streams of the client in their
 * places. A promise where a schema has returned one.
 *
 * @throws RefusedCallError for arguments that are too many or too few, or do not fit. As a rejection where a schema has
 * returned a promise.
 */
export function bind(
  method: HubMethod,
  call: unknown,
  args: readonly unknown[],
  streams: readonly unknown[],
  detailed: boolean,
): readonly unknown[] | Promise<readonly unknown[]> {
  const { parameters } = method
  if (args.length > parameters.length - method.streams) throw wrongCount(method, args, detailed)
  const bound: unknown[] = [call]
  let later: Promise<void>[] | undefined
  let place = 0
  let stream = 0
  try {
    for (const parameter of parameters) {
      if (parameter instanceof StreamOf) {
        bound.push(streams[stream++])
        continue
      }
      const at = place++
      const checked: unknown = check(parameter, args[at])
      if (isThenable(checked)) {
        const index = bound.push(undefined) - 1
        later ??= []
        later.push(
          Promise.resolve(checked).then((result) => {
            bound[index] = accept(method, at, result as Checked, args, detailed)
          }),
        )
      } else {
        bound.push(accept(method, at, checked as Checked, args, detailed))
      }
    }
  } catch (error) {
    if (later === undefined) throw error
    later.push(Promise.reject(error))
  }
  return later === undefined ? bound : whenChecked(later, bound)
}

/**
 * Waits for all checks, also when one has failed: none may go on behind its call, or fail when nobody listens.
 *
 * @returns a promise that rejects with the error of the first argument that does not fit.
 */
async function whenChecked(
  checks: readonly Promise<void>[],
  bound: readonly unknown[],
): Promise<readonly unknown[]> {
  for (const outcome of await Promise.allSettled(checks)) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
  return bound
}

function check(schema: Schema, value: unknown): unknown {
  return schema['~standard'].validate(value)
}

function accept(
  method: HubMethod,
  place: number,
  { value, issues }: Checked,
  args: readonly unknown[],
  detailed: boolean,
): unknown {
  if (issues === undefined) return value
  // Those at the end may be left out where `undefined` fits.
  if (place >= args.length) throw wrongCount(method, args, detailed)
  throw doesNotFit(method, place, issues, detailed)
}

function wrongCount(
  method: HubMethod,
  { length }: readonly unknown[],
  detailed: boolean,
): RefusedCallError {
  const expected = method.parameters.length - method.streams
  const detail = `Invocation provides ${length} argument(s) but target expects ${expected}.`
  return argumentsError(method, detail, detailed, [])
}

function doesNotFit(
  method: HubMethod,
  place: number,
  issues: readonly Issue[],
  detailed: boolean,
): RefusedCallError {
  const said = `Argument ${place + 1} of ${method.name} does not fit. ${issues[0]?.message ?? ''}`
  return argumentsError(method, BINDING, detailed, issues, said.trimEnd())
}

const BINDING =
  'Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.'

/** The error of arguments that could not be read. */
export function unreadable(method: HubMethod, detailed: boolean): RefusedCallError {
  return argumentsError(method, BINDING, detailed, [])
}

function argumentsError(
  { name }: HubMethod,
  detail: string,
  detailed: boolean,
  issues: readonly Issue[],
  message = detail,
): RefusedCallError {
  const answer = detailed ? `${refused(name)} InvalidDataException: ${detail}` : refused(name)
  return new RefusedCallError('arguments', answer, message, issues)
}
