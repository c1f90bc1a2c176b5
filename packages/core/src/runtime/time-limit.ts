import { systemClock } from './clock.ts'

/**
 * What a promise resolves or rejects with, within a time limit.
 *
 * @param limit in milliseconds, of the clock of the process
 * @returns a promise that rejects with an Error that says so when the limit has passed before.
 */
export async function withinLimit<Value>(promise: Promise<Value>, limit: number): Promise<Value> {
  let cancel: (() => void) | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const text = `It did not answer within ${limit.toLocaleString('en-US')} ms.`
    cancel = systemClock.schedule(() => reject(new Error(text)), limit)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    cancel?.()
  }
}
