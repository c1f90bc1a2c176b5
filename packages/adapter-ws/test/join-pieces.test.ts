import { expect, test } from 'vitest'
import { joinPieces } from '../src/join-pieces.ts'

const KIB = 1024

/** The memory that pieces hold, each block once. */
function heldBy(pieces: readonly Buffer[]): number {
  const blocks = new Set(pieces.map(({ buffer }) => buffer))
  return [...blocks].reduce((sum, { byteLength }) => sum + byteLength, 0)
}

/** Pieces of these sizes, each at the start of 64 KiB that were read with it. */
function piecesOf(sizes: readonly number[]): Buffer[] {
  return sizes.map((size, i) => Buffer.alloc(64 * KIB, i & 255).subarray(0, size))
}

const sequences: readonly (readonly [what: string, sizes: readonly number[]])[] = [
  ['of one byte', new Array<number>(3_000).fill(1)],
  ['that are ever smaller', Array.from({ length: 300 }, (_, i) => 300 - i)],
  ['that are ever larger', Array.from({ length: 300 }, (_, i) => i + 1)],
  ['that halve again and again', Array.from({ length: 300 }, (_, i) => 2 ** (i % 12))],
  [
    'that are small and large by turns',
    Array.from({ length: 99 }, (_, i) => [1, 40_000][i % 2] ?? 0),
  ],
  ['of just below what stays', new Array<number>(50).fill(32 * KIB - 1)],
  ['that are empty', [0, 0, 5, 0, 0]],
]

test.each(sequences)('pieces %s are joined, as they come or all at once', (_what, sizes) => {
  const expected = Buffer.concat(piecesOf(sizes))
  const oneByOne: Buffer[] = []
  let settled = 0
  for (const piece of piecesOf(sizes)) {
    oneByOne.push(piece)
    settled = joinPieces(oneByOne, settled)
    expect(settled).toBe(oneByOne.length)
  }
  const atOnce = piecesOf(sizes)
  joinPieces(atOnce, 0)
  for (const pieces of [oneByOne, atOnce]) {
    expect(Buffer.concat(pieces).equals(expected)).toBe(true)
    expect(pieces.length).toBeLessThan(20 + expected.length / (16 * KIB))
    expect(heldBy(pieces)).toBeLessThanOrEqual(2 * expected.length)
  }
})

test('a piece of one byte is copied some twenty times at most until a message of 1 MiB is whole', () => {
  const pieces: Buffer[] = []
  let [settled, copied] = [0, 0]
  for (let i = 0; i < 1024 * KIB; i++) {
    const before = new Set(pieces)
    pieces.push(Buffer.of(0))
    settled = joinPieces(pieces, settled)
    for (const piece of pieces) if (!before.has(piece)) copied += piece.length
  }
  expect(copied).toBeLessThan(20 * 1024 * KIB)
})

test('what is large, or alone in its memory, is not copied', () => {
  const large = Buffer.alloc(64 * KIB).subarray(0, 32 * KIB)
  const own = Buffer.allocUnsafeSlow(10)
  const pieces = [large, own]
  joinPieces(pieces, 0)
  expect(pieces[0]).toBe(large)
  expect(pieces[1]).toBe(own)
})
