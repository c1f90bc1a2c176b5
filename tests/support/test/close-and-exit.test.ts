import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runtimeOf } from '../src/adapter-names.ts'
import { adaptersInProcesses } from '../src/adapters.ts'
import { runtimeCommand } from '../src/runtime.ts'

const PROGRAM = fileURLToPath(new URL('close-and-exit.js', import.meta.url))

test.each(adaptersInProcesses())(
  'a process of adapter $name ends by itself once its endpoint and its server are closed',
  ({ name }) => {
    const [command = '', ...flags] = runtimeCommand(runtimeOf(name)) ?? []
    const options = { encoding: 'utf8', timeout: 20_000 } as const
    const { status, stdout } = spawnSync(command, [...flags, PROGRAM, name], options)
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: '{"total":1,"causes":{"shutdown":1}}\n',
    })
  },
)
