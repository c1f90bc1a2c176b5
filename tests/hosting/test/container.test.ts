import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { closed, open } from './client.ts'
import { freePort } from './free-port.ts'

const HERE = fileURLToPath(new URL('..', import.meta.url))

const dockerfile = await readFile(join(HERE, 'container/Dockerfile'), 'utf8')
/** What the image sets, copies beside its modules, and runs. */
const image = {
  env: Object.fromEntries(
    (/^ENV (.*)$/m.exec(dockerfile)?.[1] ?? '').split(' ').map((pair) => pair.split('=')),
  ) as Record<string, string>,
  files: (/^COPY package\.json ([\w. ]+\.js) \.\/$/m.exec(dockerfile)?.[1] ?? '').split(' '),
  command: JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '') as readonly string[],
  health: JSON.parse(/^HEALTHCHECK .* CMD (.*)$/m.exec(dockerfile)?.[1] ?? '') as readonly string[],
}

/** Runs a command as process 1 of a namespace, as a container does. Root may; others need a namespace of users too. */
const AS_PROCESS_1 = [
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...['--pid', '--fork', '--mount-proc', '--kill-child'],
]
const canRunAsProcess1 = spawnSync('unshare', [...AS_PROCESS_1, 'true']).status === 0
if (!canRunAsProcess1) console.warn('Left out: process 1. unshare cannot make namespaces here.')

const soon = () => ({ signal: AbortSignal.timeout(10_000) })

/** The folder of the image, whose modules are those of this package. */
async function imageFolder(): Promise<string> {
  const folder = await mkdtemp(join(HERE, 'container-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const name of image.files) {
    const source = name === 'server.js' ? 'examples' : 'container'
    await copyFile(join(HERE, source, name), join(folder, name))
  }
  return folder
}

function run(command: readonly string[], cwd: string, env: Record<string, string>): ChildProcess {
  const [program = '', ...args] = command
  return spawn(program, args, { cwd, env: { ...process.env, ...env } })
}

/** The process that a process has forked. */
async function childOf({ pid }: ChildProcess): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return Number(children)
}

describe.runIf(canRunAsProcess1)('the container', () => {
  test('gets SIGTERM as process 1, stays healthy while its clients leave, and ends with 0', async () => {
    const folder = await imageFolder()
    const env = { ...image.env, HOST: '127.0.0.1', PORT: String(await freePort()) }
    const isHealthy = async () => {
      const [code] = await once(run(image.health, folder, env), 'exit', soon())
      return code === 0
    }
    expect(await isHealthy()).toBe(false)

    const container = run(['unshare', ...AS_PROCESS_1, ...image.command], folder, env)
    onTestFinished(() => void container.kill('SIGKILL'))
    const lines = createInterface({ input: container.stdout ?? process.stdin })
    expect((await once(lines, 'line', soon()))[0]).toBe(`Listening on port ${env.PORT}`)
    const server = await childOf(container)
    expect(await readFile(`/proc/${server}/status`, 'utf8')).toMatch(/^NSpid:.*\t1$/m)
    expect(await isHealthy()).toBe(true)

    const sockets = [
      await open(`ws://127.0.0.1:${env.PORT}/ws`),
      await open(`ws://127.0.0.1:${env.PORT}/ws`),
    ]
    const ends = sockets.map(closed)
    const exit = once(container, 'exit', soon())
    process.kill(server, 'SIGTERM')
    // The first leaves at once, and the other later.
    expect((await ends[0])?.code).toBe(1001)
    expect(await isHealthy()).toBe(true)
    expect((await fetch(`http://127.0.0.1:${env.PORT}/ready`)).status).toBe(503)
    expect((await ends[1])?.code).toBe(1001)
    expect(await exit).toEqual([0, null])
  })
})
