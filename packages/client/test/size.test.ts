import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** Bytes, minified by esbuild and compressed by brotli. */
const LIMIT = 3_500

test(`the whole package takes at most ${LIMIT} bytes, minified and compressed by brotli`, async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../src/index.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  const size = brotliCompressSync(outputFiles[0]?.contents ?? '').length
  console.log(`${size} bytes`)
  expect(size).toBeGreaterThan(1_000)
  expect(size).toBeLessThanOrEqual(LIMIT)
})
