import { setImmediate } from 'node:timers/promises'

/** Bytes that this process holds after collections, in V8's heap and in buffers. */
export async function heldBytes(): Promise<number> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('The process must be started with --expose-gc.')
  for (let count = 0; count < 4; count++) {
    gc()
    await setImmediate()
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
