import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runtimeOf } from '../src/adapter-names.ts'
import { adaptersInProcesses } from '../src/adapters.ts'
import { runtimeCommand } from '../src/runtime.ts'

const PROGRAM = fileURLToPath(new URL('lingering-clients.js', import.meta.url))

describe.each(adaptersInProcesses())('adapter $name', ({ name }) => {
  test.each([
    ['server', 'endpoint'],
    ['endpoint', 'server'],
  ])(
    'no client keeps a process beyond the deadline when the %s is closed before the %s',
    (...order) => {
      const [command = '', ...flags] = runtimeCommand(runtimeOf(name)) ?? []
      const options = { encoding: 'utf8', timeout: 30_000 } as const
      const { status, stdout } = spawnSync(command, [...flags, PROGRAM, name, ...order], options)
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'closed\n' })
    },
  )
})
