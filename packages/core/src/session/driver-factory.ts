import type { SessionDriver } from '../connection/session-driver.ts'
import { BorrowingDriver, HandlerDriver } from './handler-driver.ts'
import { LoopDriver } from './loop-driver.ts'
import type { Session } from './session.ts'

/** Makes the function that gives each connection its driver. Handlers share one, each loop has its own. */
export function driverFactory<Context>(
  session: Session<Context>,
  receiveBufferSize: number,
): () => SessionDriver<Context> {
  if (session.run !== undefined) return () => new LoopDriver(session, receiveBufferSize)
  const driver =
    session.memory === 'borrowed' ? new BorrowingDriver(session) : new HandlerDriver(session)
  return () => driver
}
