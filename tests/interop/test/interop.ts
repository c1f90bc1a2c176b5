import { allow, type CloseCause } from '@wirebeat/core'
import { type Adapter, adapters, can, serve } from '@wirebeat/test-support'
import { afterAll, describe, expect, type TestContext, test } from 'vitest'
import { Client } from './client.ts'
import { overHttp2 } from './over-http2.ts'
import { type Part, type Scenario, scenarios } from './scenarios.ts'

/** What is particular to a client. */
export interface ClientOptions {
  /** Default: one of each adapter. */
  readonly servers?: readonly Adapter[]
  /** Why the client cannot pass a scenario. Default: it can pass all. */
  readonly fails?: (scenario: Scenario, server: Adapter) => string | undefined
}

/** Makes each scenario a test of this client, on every adapter. */
export function testClient(
  name: string,
  command: readonly string[],
  { servers = adapters, fails = () => undefined }: ClientOptions = {},
): void {
  describe(name, () => {
    const client = new Client(command)
    afterAll(() => client.stop())

    for (const adapter of servers) {
      describe(`with the adapter ${adapter.name}`, () => {
        for (const scenario of scenarios) {
          const why = fails(scenario, adapter)
          const title = why === undefined ? scenario.name : `${scenario.name}. Left out: ${why}`
          test.skipIf(why !== undefined)(title, (context) =>
            play(context, scenario, client, adapter),
          )
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
 */
export function testOutsider(
  name: string,
  variable: string,
  command: (path: string) => readonly string[],
  options?: ClientOptions,
): void {
  const path = process.env[variable]
  if (path) {
    testClient(name, command(path), options)
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
    ...scenario.server?.(),
    authorize({ httpVersion }) {
      versions.push(httpVersion)
      return allow()
    },
  })
  const parts = scenario.beside === undefined ? [scenario] : [scenario, scenario.beside]
  const outcomes = await client.converse(
    parts.map(({ conversation }) => ({
      url: isOverHttp2 ? url.replace('ws:', 'wss:') : url,
      protocols: [],
      idle: 0,
      send: [],
      ...conversation,
    })),
  )
  expect(outcomes).toEqual(parts.map(({ outcome }) => outcome))
  const opened = parts.filter(({ outcome }) => outcome.opened)
  expect(versions).toEqual(opened.map(() => (isOverHttp2 ? '2.0' : '1.1')))

  // The server's side of an end may come a moment later.
  const { protocols, ends, refusals } = told
  await expect
    .poll(() => ({ protocols: [...protocols].sort(), ends, refusals }), { timeout: 5_000 })
    .toEqual(expected(parts, adapter))
}

function expected(parts: readonly Part[], adapter: Adapter): unknown {
  return {
    protocols: parts.flatMap(({ told }) => ('refusal' in told ? [] : [told.protocol])).sort(),
    ends: parts.flatMap(({ told }) =>
      'refusal' in told ? [] : [{ ...told.end, wasClean: isClean(told.end.cause, adapter) }],
    ),
    refusals: parts.flatMap(({ told }) => ('refusal' in told ? [told.refusal] : [])),
  }
}

/** Every client here answers a close frame, but not every engine tells of it. */
function isClean(cause: CloseCause, adapter: Adapter): boolean {
  return cause === 'client' || can(adapter, 'close-answer')
}
