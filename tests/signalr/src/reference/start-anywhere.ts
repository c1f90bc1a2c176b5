import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Adapter } from '@wirebeat/core/adapter'
import { runtimeOf } from '@wirebeat/test-support/adapter-names'
import { runtimeCommand } from '@wirebeat/test-support/process'
import { type Started, startReferenceHub } from './reference-hub.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/reference-hub.js', import.meta.url))

/** Starts the reference hub with an adapter, in a process of its own where that needs another runtime. */
export async function startAnywhere(adapter: Adapter): Promise<Started> {
  const runtime = runtimeOf(adapter.name)
  if (runtime === 'node') return startReferenceHub(adapter)
  const [program = '', ...flags] = runtimeCommand(runtime) ?? []
  const args = [...flags, PROGRAM, '--port', '0', '--adapter', adapter.name]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const [origin] = /http:\/\/[\d.]+:\d+/.exec(line) ?? []
  if (origin === undefined) throw new Error(`The reference hub says no URL: ${line}`)
  return {
    origin,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
