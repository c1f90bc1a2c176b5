import { join } from 'node:path'
import { build, type Rolldown } from 'vite'
import { expect, test } from 'vitest'

const ENTRY = 'virtual:entry'

/** What Vite makes for browsers of all that these modules export. */
async function bundle(names: readonly string[]): Promise<Rolldown.OutputChunk> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, '..'),
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? id : undefined),
        load: (id) =>
          id === ENTRY ? names.map((name) => `export * from '${name}'`).join('\n') : undefined,
      },
    ],
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: ENTRY, preserveEntrySignatures: 'strict' },
    },
  })
  const chunks = [result].flat().flatMap((one) => ('output' in one ? one.output : []))
  const [chunk] = chunks
  if (chunks.length !== 1 || chunk?.type !== 'chunk') expect.fail('there is more than one chunk')
  return chunk
}

test('core and client can be bundled for browsers, and bring no code of Node along', async () => {
  const { code, imports, dynamicImports, modules } = await bundle([
    '@wirebeat/core',
    '@wirebeat/core/adapter',
    '@wirebeat/client',
  ])
  expect(code).toContain('ReconnectingWebSocket')
  expect(code).toContain('createEndpoint')
  // A message may name a module of Node; code may not load one.
  expect(code).not.toMatch(/(?:from|import|require)\s*\(?\s*["'`]node:/)
  expect([...imports, ...dynamicImports]).toEqual([])
  const strangers = Object.keys(modules).filter(
    (id) => id !== ENTRY && !/[\\/]packages[\\/](core|client)[\\/]dist[\\/]/.test(id),
  )
  expect(strangers).toEqual([])
})

test('a module of Node would be noticed', async () => {
  const { code, modules } = await bundle(['@wirebeat/adapter-ws'])
  expect(`${code}${Object.keys(modules)}`).toMatch(/node:|__vite-browser-external/)
})
