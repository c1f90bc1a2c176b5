import { createRequire } from 'node:module'
import process from 'node:process'

/** Whether ws has found bufferutil. Then large messages are left to it, which unmasks them faster than JavaScript can. */
export const hasBufferutil: boolean = findBufferutil()

/** ws looks for it in the same way. */
function findBufferutil(): boolean {
  if (process.env['WS_NO_BUFFER_UTIL']) return false
  try {
    const ws = createRequire(import.meta.url).resolve('ws')
    createRequire(ws)('bufferutil')
    return true
  } catch {
    return false
  }
}
