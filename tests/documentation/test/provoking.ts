import { type Connection, createEndpoint } from '@wirebeat/core'
import { MemoryClient } from '@wirebeat/core/testing'

/** What plain JavaScript can do, and the types forbid. */
export type Anything = never

export async function failure(call: () => unknown): Promise<string> {
  try {
    await call()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error(`Nothing was thrown by ${call}`)
}

/** Opens a connection, and has something done with it on the server's side. */
export async function connection(use: (connection: Connection) => unknown): Promise<void> {
  let result: unknown
  await MemoryClient.connect(
    createEndpoint({
      session: {
        open(opened) {
          result = failure(() => use(opened as Connection)).then(
            (message) => message,
            () => undefined,
          )
        },
      },
    }),
  )
  const message = await result
  if (typeof message === 'string') throw new Error(message)
}
