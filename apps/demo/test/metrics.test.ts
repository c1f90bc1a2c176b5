import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { adapters } from './adapters.ts'
import { DemoProcess } from './demo-process.ts'

/** What the text format holds: the type of each metric that has a help text too, and its samples. */
function parse(text: string) {
  const helps = new Set<string>()
  const types = new Map<string, string>()
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\w+) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') helps.add(name)
    else if (kind === 'TYPE') types.set(name, rest)
    else {
      // Numbers are read as Go does, so NaN may be written in any case.
      expect(line).toMatch(/^\w+(\{.*\})? (-?\d\S*|nan|[+-]inf)$/i)
      const [, sample = '', value] = /^(\S+) (\S+)$/.exec(line) ?? []
      samples.set(sample, Number(value))
    }
  }
  return { helps, types, samples }
}

const TYPES = {
  wirebeat_connections: 'gauge',
  wirebeat_connections_opened_total: 'counter',
  wirebeat_ends_total: 'counter',
  wirebeat_refusals_total: 'counter',
  wirebeat_pending_handshakes: 'gauge',
  wirebeat_lingering: 'gauge',
  wirebeat_received_messages_total: 'counter',
  wirebeat_received_bytes_total: 'counter',
  wirebeat_sent_messages_total: 'counter',
  wirebeat_sent_bytes_total: 'counter',
  wirebeat_buffered_bytes: 'gauge',
  wirebeat_pings_sent_total: 'counter',
  wirebeat_shutting_down: 'gauge',
  wirebeat_ping_round_trip_seconds: 'histogram',
}

describe.each(adapters)('with the adapter $name and --metrics', ({ name: adapter }) => {
  test('/metrics has every figure with its type and a help text', async () => {
    const { url } = await DemoProcess.ready('--adapter', adapter, '--metrics')
    const response = await fetch(`${url}/metrics`)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const { helps, types, samples } = parse(await response.text())
    const own = [...types].filter(([name]) => name.startsWith('wirebeat_'))
    expect(Object.fromEntries(own)).toEqual(TYPES)
    expect([...types.keys()].filter((name) => !helps.has(name))).toEqual([])
    expect(types.has('process_cpu_user_seconds_total')).toBe(true)
    expect(samples.get('wirebeat_ends_total{endpoint="/ws",cause="heartbeat"}')).toBe(0)
    expect(samples.get('wirebeat_refusals_total{endpoint="/ws",reason="origin"}')).toBe(0)
  })

  test('a conversation shows in /metrics and in /stats.json, each time it is asked for', async () => {
    const flags = ['--metrics', '--keep-alive-interval', '500ms']
    const { demo, url } = await DemoProcess.ready('--adapter', adapter, ...flags)
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { origin: url })
    await once(socket, 'ping')
    socket.send('hello')
    await once(socket, 'message')
    // The pong went out before the message, and so was read before it.
    const { samples } = parse(await (await fetch(`${url}/metrics`)).text())
    expect(samples.get('wirebeat_connections{endpoint="/ws"}')).toBe(1)
    expect(samples.get('wirebeat_received_bytes_total{endpoint="/ws"}')).toBe(5)
    expect(samples.get('wirebeat_sent_messages_total{endpoint="/ws"}')).toBe(1)
    expect(
      samples.get('wirebeat_ping_round_trip_seconds_count{endpoint="/ws"}'),
    ).toBeGreaterThanOrEqual(1)

    socket.close()
    await demo.line(/^close/)
    const again = parse(await (await fetch(`${url}/metrics`)).text()).samples
    expect(again.get('wirebeat_connections{endpoint="/ws"}')).toBe(0)
    expect(again.get('wirebeat_connections_opened_total{endpoint="/ws"}')).toBe(1)
    expect(again.get('wirebeat_ends_total{endpoint="/ws",cause="client"}')).toBe(1)
    expect(await (await fetch(`${url}/stats.json`)).json()).toMatchObject({
      connections: { open: 0, opened: 1 },
      received: { messages: 1, bytes: 5 },
      ends: { client: 1, lost: 0 },
    })
  })

  test('calls of the chat show in /metrics', async () => {
    const { url } = await DemoProcess.ready('--adapter', adapter, '--metrics', '--session', 'chat')
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { origin: url })
    await once(socket, 'open')
    socket.send('{"protocol":"json","version":1}\x1e')
    socket.send('{"type":1,"invocationId":"1","target":"say","arguments":["hello"]}\x1e')
    const answered = new Promise((resolve) => {
      socket.on('message', (data) => String(data).includes('"invocationId":"1"') && resolve(data))
    })
    expect(String(await answered)).toContain('Join a room first.')
    const { samples } = parse(await (await fetch(`${url}/metrics`)).text())
    const sample = 'wirebeat_hub_call_seconds_count{hub="hub",method="say",outcome="hub-error"}'
    expect(samples.get(sample)).toBe(1)
    socket.terminate()
  })

  test('/stats is a page with the strict policy, and all its files are there', async () => {
    const { url } = await DemoProcess.ready('--adapter', adapter, '--metrics', '--path', '/a&b')
    const page = await fetch(`${url}/stats`)
    const html = await page.text()
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(html).toContain('The endpoint at /a&#38;b')
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)]
    expect(files).toHaveLength(3)
    for (const [, path] of files) expect((await fetch(`${url}${path}`)).status).toBe(200)
  })

  test('without the flag there are no figures', async () => {
    const { url } = await DemoProcess.ready('--adapter', adapter)
    for (const path of ['/metrics', '/stats', '/stats.json', '/stats.css']) {
      expect((await fetch(`${url}${path}`)).status).toBe(404)
    }
  })
})

test('a path of the endpoint that is one of the figures is refused', async () => {
  const demo = new DemoProcess('--metrics', '--path', '/metrics')
  const { code, errors } = await demo.exited()
  expect(errors).toMatch(/^error: --path must differ .*, got "\/metrics"\.\n$/)
  expect(code).toBe(2)
})
