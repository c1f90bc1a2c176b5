import { sizeOf } from './message.ts'

declare const DOMException: new (message: string, name: string) => Error

/**
 * Refuses what may not stand in a close frame, as every WebSocket does, also while there is none.
 *
 * @throws DOMException with the name InvalidAccessError for a code, SyntaxError for a reason.
 */
export function checkClose(code = 1000, reason = ''): void {
  const isCode = code === 1000 || (code >= 3000 && code <= 4999)
  if (isCode && sizeOf(reason) < 124) return
  throw new DOMException(
    `close code is ${code}, allowed is 1000 or 3000 to 4999, and 123 bytes of reason`,
    isCode ? 'SyntaxError' : 'InvalidAccessError',
  )
}
