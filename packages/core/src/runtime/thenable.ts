/** Whether a value has a method `then`, as promises of every library have. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const mayHaveMethods =
    (typeof value === 'object' && value !== null) || typeof value === 'function'
  return mayHaveMethods && 'then' in value && typeof value.then === 'function'
}

/**
 * Has somebody told when what a function of the application has returned is a promise that rejects. For all of
 * its functions whose results are of no other interest.
 *
 * @throws what a getter of `then` throws.
 */
export function watchRejection(result: unknown, onError: (error: unknown) => void): void {
  // Resolved, because what has a method `then` may throw in it, or call back more than once.
  if (isThenable(result)) Promise.resolve(result).then(undefined, onError)
}
