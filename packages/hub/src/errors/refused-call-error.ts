import type { Issue } from '../definition/schema.ts'

/**
 * Why a call did not reach its method. `unknown-method`: there is none of that name. `arguments`: they could not be
 * read, are too many or too few, or do not fit. `kind`: a stream was called, or something else was called as a stream.
 * `streams`: the client has sent more or fewer streams with the call than the method takes.
 */
export type RefusedCallReason = 'unknown-method' | 'arguments' | 'kind' | 'streams'

/** A call did not reach its method. Filters see it as the rejection of `next()`. */
export class RefusedCallError extends Error {
  override readonly name = 'RefusedCallError'
  readonly reason: RefusedCallReason
  /** What the client is told. The message can say more. */
  readonly answer: string
  /** What the schema of an argument says is wrong. */
  readonly issues: readonly Issue[]

  constructor(
    reason: RefusedCallReason,
    answer: string,
    message: string,
    issues: readonly Issue[] = [],
  ) {
    super(message)
    this.reason = reason
    this.answer = answer
    this.issues = issues
  }
}
