import { sizeOf } from './message.ts'

declare const DOMException: new (message: string, name: string) => Error

/**
 * Checks a close code and a reason (RFC 6455, section 7.4.2), as every WebSocket does, with or without a
 * connection.
 *
 * @throws DOMException with the name InvalidAccessError for a wrong code, SyntaxError for a wrong reason.
 */
export function checkClose(code = 1000, reason = ''): void {
  if (code !== 1000 && !(code >= 3000 && code <= 4999)) {
    throw new DOMException(`code must be 1000 or 3000 to 4999, got ${code}.`, 'InvalidAccessError')
  }
  const size = sizeOf(reason)
  if (size > 123) {
    throw new DOMException(`reason must be up to 123 bytes, got ${size}.`, 'SyntaxError')
  }
}
