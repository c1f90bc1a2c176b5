import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './pages.ts'

/** The sources whose messages users meet. */
const FOLDERS = [
  'packages/core/src',
  'packages/adapter-ws/src',
  'packages/adapter-uws/src',
  'packages/adapter-bun/src',
  'packages/client/src',
  'packages/http-transports/src',
  'packages/hub/src',
  'packages/topics/src',
  'packages/backplane-redis/src',
  'packages/backplane-nats/src',
  'packages/prometheus/src',
  'apps/demo/src',
]

/**
 * Sentences of these are no errors: they stand in the compatibility table, and beside figures, and a broker for tests
 * fails with them when the test wants it.
 */
const NO_ERRORS: ReadonlySet<string> = new Set([
  'capabilities.ts',
  'metrics.ts',
  'testing/broker.ts',
])

/** A sentence in the sources. */
export interface Sentence {
  readonly file: string
  readonly text: string
}

/** Every text in the sources that is a whole sentence, with `…` for what is filled in. */
export function sentences(): readonly Sentence[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !NO_ERRORS.has(name))
      .flatMap((name) =>
        sentencesOf(readFileSync(join(ROOT, folder, name), 'utf8')).map((text) => ({
          file: `${folder}/${name}`,
          text,
        })),
      ),
  )
}

/** A comment, or a text in one of the three kinds of quotes. */
const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/.*|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g

/** The whole sentences of one source: three words or more, and a full stop at the end. */
export function sentencesOf(source: string): readonly string[] {
  return [...source.matchAll(TOKEN)]
    .map(([, single, double, template]) => single ?? double ?? template ?? '')
    .map((text) => text.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…').replace(/\\n$/, ''))
    .filter((text) => /^\S+ \S+ \S.*\.$/.test(text))
}
