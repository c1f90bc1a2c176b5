import { allow, type CloseCause } from '@wirebeat/core'
import { type Adapter, adapters, can, serve } from '@wirebeat/test-support'
import { afterAll, describe, expect, type TestContext, test } from 'vitest'
import { Client } from './client.ts'
import { overHttp2 } from './over-http2.ts'
import { type Scenario, scenarios } from './scenarios.ts'

/** Makes each scenario a test of this client, on every adapter. */
export function testClient(
  name: string,
  command: readonly string[],
  servers: readonly Adapter[] = adapters,
): void {
  describe(name, () => {
    const client = new Client(command)
    afterAll(() => client.stop())

    for (const adapter of servers) {
      describe(`with the adapter ${adapter.name}`, () => {
        for (const scenario of scenarios) {
          test(scenario.name, (context) => play(context, scenario, client, adapter))
        }
      })
    }
  })
}

/**
 * The same for a client that is not installed with this workspace.
 *
 * @param variable the environment variable that holds the path of its program. Where it is not set
 * the client is left out, which the name of a skipped test says; with WIREBEAT_OUTSIDERS=required
 * that is a failure.
 * @param servers Default: one of each adapter.
 */
export function testOutsider(
  name: string,
  variable: string,
  command: (path: string) => readonly string[],
  servers: readonly Adapter[] = adapters,
): void {
  const path = process.env[variable]
  if (path) {
    testClient(name, command(path), servers)
    return
  }
  const isRequired = process.env['WIREBEAT_OUTSIDERS'] === 'required'
  const missing = `${name} is left out: ${variable}, the path of its program, is not set (.ci/run installs it and sets it)`
  test.skipIf(!isRequired)(missing, () => {
    expect.fail(`${variable} is not set, and WIREBEAT_OUTSIDERS=required`)
  })
}

async function play(
  context: TestContext,
  scenario: Scenario,
  client: Client,
  adapter: Adapter,
): Promise<void> {
  const isOverHttp2 = adapter === overHttp2
  const versions: string[] = []
  const { url, told } = await serve(context, adapter, {
    ...scenario.server,
    authorize({ httpVersion }) {
      versions.push(httpVersion)
      return allow()
    },
  })
  const outcome = await client.converse({
    url: isOverHttp2 ? url.replace('ws:', 'wss:') : url,
    protocols: [],
    idle: 0,
    send: [],
    ...scenario.conversation,
  })
  expect(outcome).toEqual(scenario.outcome)
  expect(versions).toEqual(scenario.outcome.opened ? [isOverHttp2 ? '2.0' : '1.1'] : [])

  // The server's side of an end may come a moment later.
  const { protocols, ends, refusals } = told
  await expect
    .poll(() => ({ protocols, ends, refusals }), { timeout: 5_000 })
    .toEqual(expected(scenario, adapter))
}

function expected({ told }: Scenario, adapter: Adapter): unknown {
  if ('refusal' in told) return { protocols: [], ends: [], refusals: [told.refusal] }
  const end = { ...told.end, wasClean: isClean(told.end.cause, adapter) }
  return { protocols: [told.protocol], ends: [end], refusals: [] }
}

/** Every client here answers a close frame, but not every engine tells of it. */
function isClean(cause: CloseCause, adapter: Adapter): boolean {
  return cause === 'client' || can(adapter, 'close-answer')
}
