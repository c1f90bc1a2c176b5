/**
 * Tells the application's handler of errors. What the handler throws itself, or rejects with, is ignored: it must not
 * end the process, or keep a connection from ending in order.
 */
export function report<Source>(
  onError: (error: unknown, source: Source) => unknown,
  error: unknown,
  source: Source,
): void {
  try {
    // It may be an async function.
    Promise.resolve(onError(error, source)).catch(() => {})
  } catch {
    // As above.
  }
}
