import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** Bytes, minified by esbuild and compressed by brotli. */
const LIMIT = 3_700

/** The same for the hook, beside the rest and React. */
const HOOK_LIMIT = 600

test(`the whole package takes at most ${LIMIT} bytes, minified and compressed by brotli`, async () => {
  const size = await sizeOf('index.ts')
  console.log(`${size} bytes`)
  expect(size).toBeGreaterThan(1_000)
  expect(size).toBeLessThanOrEqual(LIMIT)
})

test(`the hook takes at most ${HOOK_LIMIT} bytes more`, async () => {
  const size = await sizeOf('react.ts')
  console.log(`${size} bytes`)
  expect(size).toBeGreaterThan(100)
  expect(size).toBeLessThanOrEqual(HOOK_LIMIT)
})

async function sizeOf(entry: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../src', entry)],
    external: ['react'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return brotliCompressSync(outputFiles[0]?.contents ?? '').length
}
