import { expect, test } from 'vitest'
import { programsOf } from './program.ts'

const page = (...lines: readonly string[]) => ({ path: 'page.md', text: lines.join('\n') })

test('a block stands alone, on the lines that it has in the page', () => {
  const { programs } = programsOf(
    page('# Title', '', '```ts', 'first()', '```', '', '```js', 'b()', '```'),
  )
  expect(programs).toEqual([
    { name: 'page.md:3', language: 'ts', text: '\n\n\nfirst()' },
    { name: 'page.md:7', language: 'js', text: '\n\n\n\n\n\n\nb()' },
  ])
})

test('a block can go on where the one before it ended', () => {
  const { programs } = programsOf(page('```ts', 'a()', '```', '', '```ts continued', 'b()', '```'))
  expect(programs).toEqual([{ name: 'page.md:1', language: 'ts', text: '\na()\n\n\n\nb()' }])
})

test('what a block takes as given stands in front of it', () => {
  const { programs } = programsOf(
    page('<!-- given', 'declare const a: () => void', '-->', '', '```ts', 'a()', '```'),
  )
  expect(programs).toEqual([
    { name: 'page.md:5', language: 'ts', text: '\ndeclare const a: () => void\n\n\n\na()' },
  ])
})

test('fragments, other languages and files are no programs', () => {
  const { programs, shown } = programsOf(
    page('```ts fragment', '...', '```', '```sh', 'ls', '```', '```ts file=a.ts', 'a()', '```'),
  )
  expect(programs).toEqual([])
  expect(shown).toEqual([{ page: 'page.md', path: 'a.ts', text: 'a()' }])
})

test('a word that means nothing is an error', () => {
  expect(() => programsOf(page('```ts contineud', 'a()', '```'))).toThrow(
    'page.md:1: what is contineud?',
  )
})
