/** Rejects when a promise has not settled after so many milliseconds. */
export async function withinLimit<Value>(promise: Promise<Value>, limit: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const text = `It did not answer within ${limit.toLocaleString('en-US')} ms.`
    timer = setTimeout(() => reject(new Error(text)), limit)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
