import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { expect, onTestFinished, test } from 'vitest'

const bun = process.env['WIREBEAT_BUN']
const PROGRAM = fileURLToPath(new URL('support/on-bun.ts', import.meta.url))

if (!bun) console.warn('Left out: negotiation on Bun. WIREBEAT_BUN, its path, is not set.')
const isNeeded = Boolean(bun) || process.env['WIREBEAT_OUTSIDERS'] === 'required'

test.runIf(isNeeded).each([
  ['negotiates', {}],
  ['takes Server-Sent Events', { transport: HttpTransportType.ServerSentEvents }],
  ['polls', { transport: HttpTransportType.LongPolling }],
  ['skips the negotiation', { skipNegotiation: true, transport: HttpTransportType.WebSockets }],
])('the official client that %s is answered on Bun', { timeout: 60_000 }, async (_how, options) => {
  const child = spawn(bun ?? '', ['--no-install', PROGRAM], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.stdin.end()
  })
  const [line] = await once(child.stdout, 'data')
  const client = new HubConnectionBuilder()
    .withUrl(String(line).trim(), options)
    .configureLogging(LogLevel.None)
    .build()
  onTestFinished(() => client.stop())
  await client.start()
  for (const text of ['hello', 'é𝒳\r\n '.repeat(50_000), 'bye']) {
    expect(await client.invoke('echo', text)).toBe(text)
  }
})
