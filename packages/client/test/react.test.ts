import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'

const PROGRAM = `
  import { createElement, version } from 'react'
  import { renderToString } from 'react-dom/server'
  import { ReconnectingWebSocket } from './index.ts'
  import { useSocket } from './react.ts'

  export { version }
  export let made = 0

  class CountingWebSocket {
    constructor() {
      made++
    }
  }

  const options = { startClosed: true, WebSocket: CountingWebSocket }
  const socket = new ReconnectingWebSocket('ws://a.example', [], options)

  function Status({ socket }) {
    const { state } = useSocket(socket, { message: () => {} })
    return createElement('p', null, state)
  }

  export const html = renderToString(createElement(Status, { socket }))
  export const htmlOfNone = renderToString(createElement(Status, {}))
`

describe.each([
  ['18', '-18'],
  ['19', ''],
])('on a server with React %s', (major, suffix) => {
  test('a component renders the status of a closed socket, and nothing connects', async () => {
    const { version, html, htmlOfNone, made } = await run(suffix)
    expect(version.split('.')[0]).toBe(major)
    expect([html, htmlOfNone]).toEqual(['<p>closed</p>', '<p>closed</p>'])
    expect(made).toBe(0)
  })
})

interface Told {
  readonly version: string
  readonly html: string
  readonly htmlOfNone: string
  readonly made: number
}

/** Runs the program with one of the copies of React. */
async function run(suffix: string): Promise<Told> {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: join(import.meta.dirname, '../src') },
    alias: { react: `react${suffix}`, 'react-dom': `react-dom${suffix}` },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  })
  const program = { exports: {} }
  const code = new TextDecoder().decode(outputFiles[0]?.contents)
  new Function('module', 'exports', 'require', code)(
    program,
    program.exports,
    createRequire(import.meta.url),
  )
  // What PROGRAM exports.
  return program.exports as Told
}
