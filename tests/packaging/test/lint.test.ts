import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, inject, test } from 'vitest'
import { readTarballs } from './tarball.ts'

/**
 * What is said on purpose: packages are modules alone, which every supported version of Node can
 * also `require`, and subpaths are for those who know `exports`.
 */
const ACCEPTED = new Set(['CJSResolvesToESM', 'NoResolution'])

describe.each(await readTarballs(inject('tarballs')))('$manifest.name', ({ manifest, packed }) => {
  test('publint has nothing to say', async () => {
    const { messages } = await publint({
      pack: { tarball: Uint8Array.from(packed).buffer },
      strict: true,
    })
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([])
  })

  test.runIf(hasTypes(manifest['exports']))(
    'its types are right where it is imported',
    async () => {
      const result = await checkPackage(createPackageFromTarballData(packed))
      if (!result.types) expect.fail('it has no types')
      expect(result.problems.filter(({ kind }) => !ACCEPTED.has(kind))).toEqual([])
      // What is accepted elsewhere is none where modules are imported, the way that is meant.
      const modern = Object.values(result.entrypoints).flatMap(({ subpath, resolutions }) =>
        (['node16-esm', 'bundler'] as const).flatMap((kind) => {
          const { resolution, visibleProblems } = resolutions[kind]
          const isJson = subpath.endsWith('.json')
          const isFine = visibleProblems?.length === 0 && (isJson || resolution?.isTypeScript)
          return isFine ? [] : [`${subpath} in ${kind}`]
        }),
      )
      expect(modern).toEqual([])
    },
  )
})

function hasTypes(exports: unknown): boolean {
  return JSON.stringify(exports).includes('.d.ts')
}
