import { describe, expect, test } from 'vitest'
import { areas } from '../src/conversations/index.ts'
import { conversationsOf, differences } from '../src/differences.ts'
import { readPage } from '../src/page.ts'
import { readTranscripts } from '../src/transcripts.ts'

const genuine = readTranscripts('net10')
const ours = readTranscripts('wirebeat')
const names = [...areas.values()].flat().map(({ name }) => name)
const explained = differences.flatMap(conversationsOf)

describe('the conversations', () => {
  test('have names of their own', () => {
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([])
  })

  test('are those that were held with ASP.NET Core', () => {
    expect([...genuine.keys()].toSorted()).toEqual(names.toSorted())
  })
})

describe('a difference', () => {
  test('has one reason', () => {
    expect(explained.filter((name, place) => explained.indexOf(name) !== place)).toEqual([])
    expect([...ours.keys()].filter((name) => !explained.includes(name))).toEqual([])
  })

  test('is there for each reason', () => {
    expect(explained.filter((name) => !ours.has(name))).toEqual([])
  })

  test('is one', () => {
    const same = [...ours].filter(([name, lines]) => lines.join() === genuine.get(name)?.join())
    expect(same).toEqual([])
  })

  test('stands in docs/signalr.md, which `conversations --document` writes', () => {
    const { is, shouldBe } = readPage()
    expect(is).toBe(shouldBe)
  })
})
