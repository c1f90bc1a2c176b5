import { sizeOf } from './message.ts'
import { optionError } from './option-error.ts'

/**
 * Checks a close code and a reason (RFC 6455, section 7.4.2), with or without a connection.
 *
 * @throws TypeError for a wrong one.
 */
export function checkClose(code = 1000, reason = ''): void {
  if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999)) {
    throw optionError('code', code, '1000 or 3000 to 4999')
  }
  const size = typeof reason === 'string' ? sizeOf(reason) : reason
  if (!(size <= 123)) throw optionError('reason', size, 'up to 123 bytes')
}
