import { NOT_FOUND } from '@wirebeat/core/adapter'
import { describe, expect, test } from 'vitest'
import { errorRows, matches, rows } from './errors-page.ts'
import { knownOptions, messages } from './provoked-errors.ts'
import { refusalReasons, refusals } from './provoked-refusals.ts'
import { sentences, sentencesOf } from './sentences.ts'

const provoked = [...messages, NOT_FOUND.body, ...refusals.map(({ body }) => body)]

test.each(provoked)('docs/errors.md has the message %j', (message) => {
  expect(errorRows.filter((row) => matches(row, message)).map((row) => row.message)).toHaveLength(1)
})

test('every message of docs/errors.md can still be provoked, or stands in the sources as it is', () => {
  const texts = new Set(sentences().map(({ text }) => text))
  const stale = errorRows.filter(
    (row) => !texts.has(row.message) && !provoked.some((text) => matches(row, text)),
  )
  expect(stale.map(({ message }) => message)).toEqual([])
})

describe('refusals', () => {
  test.each(refusals)('$body stands with the status $status and the reason $reason', (refusal) => {
    const { body, status, reason } = refusal
    const row = errorRows.find((one) => matches(one, body))
    expect(row?.cells.slice(1, 3)).toEqual([String(status), `\`${reason}\``])
  })

  test.each(refusalReasons)('the reason %s has a row', (reason) => {
    expect(rows.map((cells) => cells[2])).toContain(`\`${reason}\``)
  })

  // The application makes the words of this one.
  test.each(refusalReasons.filter((reason) => reason !== 'unauthorized'))(
    'the reason %s was provoked',
    (reason) => {
      expect(refusals.map((refusal) => refusal.reason)).toContain(reason)
    },
  )
})

test.each(knownOptions)('the option %s has a row that tells what is allowed', (option) => {
  const named = errorRows.filter(({ message }) => message.startsWith(`${option} must be `))
  expect(named).not.toEqual([])
})

test('every sentence in the sources that can be an error is in docs/errors.md', () => {
  const found = sentences()
  expect(found.length).toBeGreaterThan(40)
  const missing = found.filter(({ text }) => !NO_ERRORS.has(text) && !isInMessage(text))
  expect(missing).toEqual([])
})

/** What the demo says of itself. */
const NO_ERRORS: ReadonlySet<string> = new Set([
  'Serves a WebSocket echo or a chat, and a page to try it with.',
])

/** Whether the sentence, with its parts filled in, is in a message of the page. */
function isInMessage(text: string): boolean {
  const parts = text
    .replace(/^error: /, '')
    .split('…')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  const pattern = new RegExp(parts.join('.*'))
  // What is left without its parts must still be words.
  return (
    text.replaceAll('…', '').trim().length > 8 && errorRows.some((row) => pattern.test(row.message))
  )
}

test('the search for sentences knows quotes, comments and parts that are filled in', () => {
  const source = [
    "throw new Error('This is wrong.') // This is 'no text at all.'",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of one.
    '/* Nor "is this one here." */ fail(`The file ${name} is missing.`)',
    "const unit = 'whole numbers of bytes'",
  ].join('\n')
  expect(sentencesOf(source)).toEqual(['This is wrong.', 'The file … is missing.'])
})
