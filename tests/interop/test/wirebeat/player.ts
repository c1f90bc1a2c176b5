import { allow, refuse } from '@wirebeat/core'
import { adapters, serve } from '@wirebeat/test-support'
import { Child } from '@wirebeat/test-support/process'
import { afterAll, expect, type TestContext, test } from 'vitest'
import { type Cable, layCable } from './cable.ts'

/** Milliseconds that a scenario may take. */
const PATIENCE = 25_000

/** A program, and its arguments. */
export type Command = (path: string) => readonly string[]

export interface Player {
  /** A test that is left out where the program is missing, or fails where it may not be. */
  test(name: string, body: (context: TestContext) => Promise<void>): void
  play(scenario: string, url: string): Promise<unknown>
}

/**
 * A program that plays scenarios, one after the other.
 *
 * @param variable the environment variable with the path of its program. Without one it comes with this workspace.
 */
export function playerOf(variable: string | undefined, command: Command): Player {
  const path = variable === undefined ? '' : process.env[variable]
  const isRequired = process.env['WIREBEAT_OUTSIDERS'] === 'required'
  let child: Promise<Child<{ play(scenario: string, url: string): unknown }>> | undefined
  afterAll(async () => (await child)?.stop())
  return {
    test: (name, body) =>
      test.skipIf(path === undefined && !isRequired)(
        name,
        { timeout: 2 * PATIENCE },
        async (context) => {
          if (path === undefined)
            expect.fail(`${variable} is not set, and WIREBEAT_OUTSIDERS=required`)
          await body(context)
        },
      ),
    async play(scenario, url) {
      child ??= Child.start<{ play(scenario: string, url: string): unknown }, unknown>(
        scenario,
        command(path ?? ''),
        { ...process.env, NO_PROXY: '127.0.0.1', DENO_NO_UPDATE_CHECK: '1' },
      ).then((started) => started.child)
      return (await child).ask('play', PATIENCE, scenario, url)
    },
  }
}

/** A server behind a cable, whose clients say what becomes of it. */
export async function start(context: TestContext): Promise<{ url: string; cable: Cable }> {
  const [adapter] = adapters
  if (adapter === undefined) expect.fail('there is no adapter')
  let cable: Cable | undefined
  const { port } = await serve(context, adapter, {
    heartbeatMessage: 'beat',
    authorize: ({ url }) => (url.includes('refuse') ? refuse(401) : allow()),
    session: {
      message(connection, message) {
        const [what, code] = String(message).split(' ')
        if (what === 'cut') cable?.cut()
        else if (what === 'freeze') cable?.freeze()
        else if (what === 'close') connection.close(Number(code))
        else return connection.send(message)
        return undefined
      },
    },
  })
  cable = await layCable(port)
  context.onTestFinished(() => cable?.remove())
  return { url: `ws://127.0.0.1:${cable.port}/ws`, cable }
}
