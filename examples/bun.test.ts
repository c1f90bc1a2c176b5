import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'

const bun = process.env['WIREBEAT_BUN']
const PROGRAM = fileURLToPath(new URL('./dist/bun.js', import.meta.url))

if (!bun) console.warn('Left out: bun.ts. WIREBEAT_BUN, the path of Bun, is not set.')
const isNeeded = Boolean(bun) || process.env['WIREBEAT_OUTSIDERS'] === 'required'

test.runIf(isNeeded)(
  'bun: has a page and an echo, and ends in order',
  async ({ onTestFinished }) => {
    const env = { ...process.env, PORT: '0' }
    const program = spawn(bun ?? '', ['--no-install', PROGRAM], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void program.kill('SIGKILL'))
    const [line] = await once(createInterface({ input: program.stdout }), 'line')
    const host = `localhost:${/\d+$/.exec(line)?.[0]}`
    expect(await (await fetch(`http://${host}/`)).text()).toBe('A page over HTTP.')
    const socket = new WebSocket(`ws://${host}/ws`, { origin: `http://${host}` })
    await once(socket, 'open')
    socket.send('hello')
    const [message] = await once(socket, 'message')
    expect(String(message)).toBe('hello')
    program.kill('SIGTERM')
    const [[code], [status]] = await Promise.all([once(socket, 'close'), once(program, 'exit')])
    expect([code, status]).toEqual([1001, 0])
  },
)
