import assert from 'node:assert/strict'
import type { Capability } from '@wirebeat/core/adapter'
import type { UngroupedCase } from '../case.ts'
import type { ClientFrame } from '../frame.ts'
import type { Harness, Server } from '../harness.ts'
import type { WebSocketClient } from '../web-socket-client.ts'

/** Something that a client must not send. */
export interface Violation {
  readonly what: string
  readonly section: string
  readonly frames: readonly ClientFrame[]
  readonly cause: 'protocol-error' | 'invalid-data'
  /** What an engine must be able to do to notice it at all. */
  readonly needs?: readonly Capability[]
  /** Opens the connection. Default: a client that just opens, on a server of its own. */
  readonly open?: (harness: Harness) => Promise<Opened>
}

interface Opened {
  readonly server: Server
  readonly client: WebSocketClient
}

const CODES = { 'protocol-error': 1002, 'invalid-data': 1007 } as const

/**
 * Commits it on a connection of its own: the session is told what it was, and is handed nothing; on
 * the wire there is the code that belongs to it, where the engine can send one, and nothing else.
 */
export async function expectViolation(harness: Harness, violation: Violation): Promise<void> {
  const { cause, frames, open = openPlain } = violation
  const code = CODES[cause]
  const { server, client } = await open(harness)
  client.send(...frames)
  if (harness.can('framing-close')) assert.equal((await client.closeFrame()).code, code)
  await server.expectClose({ code, reason: '', wasClean: false, cause })
  assert.deepEqual(await client.remaining(), [])
  assert.deepEqual(server.told.messages.all, [])
}

async function openPlain(harness: Harness): Promise<Opened> {
  const server = await harness.start()
  return { server, client: await server.open() }
}

/** A case for each of them. */
export function violationCases(violations: readonly Violation[]): readonly UngroupedCase[] {
  return violations.map((violation) => ({
    name: `${violation.what} ends the connection with ${CODES[violation.cause]}, told as ${violation.cause}`,
    section: violation.section,
    ...(violation.needs && { needs: violation.needs }),
    run: (harness) => expectViolation(harness, violation),
  }))
}
