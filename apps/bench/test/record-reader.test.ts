import { Opcode, serverFrame } from '@wirebeat/test-support/wire'
import { expect, test } from 'vitest'
import { exchangeOf, HUB_PINGS, HUB_WELCOME } from '../src/dialect.ts'
import { RecordReader } from '../src/generator/record-reader.ts'

const records = ['one', 'two', 'three'].map(
  (text) => exchangeOf('hub', 'text', Buffer.from(text), 0).echo,
)

function reader() {
  const told: string[] = []
  const made = new RecordReader(
    records,
    () => told.push('welcome'),
    ({ opcode }) => told.push(`frame ${opcode}`),
  )
  return { made, told }
}

function stream(...payloads: readonly Buffer[]): Buffer {
  return Buffer.concat(payloads.map((payload) => serverFrame(Opcode.text, payload)))
}

test.each([1, 2, 7, 1_000])(
  'records are counted in pieces of %i bytes, however they are framed',
  (size) => {
    const { made, told } = reader()
    const [first, second, third] = records as [Buffer, Buffer, Buffer]
    const bytes = Buffer.concat([
      stream(HUB_WELCOME, first),
      serverFrame(Opcode.ping, Buffer.from('x')),
      stream(Buffer.concat([second, third, first]), second),
    ])
    let complete = 0
    for (let at = 0; at < bytes.length; at += size) {
      complete += made.read(bytes, at, Math.min(bytes.length, at + size))
    }
    expect(complete).toBe(5)
    expect(told).toEqual(['welcome', `frame ${Opcode.ping}`])
  },
)

test('pings of the hub are no records', () => {
  const { made } = reader()
  const [first, second] = records as [Buffer, Buffer]
  const [ping] = HUB_PINGS as [Buffer]
  const bytes = stream(HUB_WELCOME, first, ping, second, ping)
  expect(made.read(bytes, 0, bytes.length)).toBe(2)
})

test('another record than the expected one fails', () => {
  const { made } = reader()
  const bytes = stream(HUB_WELCOME, records[1] as Buffer)
  expect(() => made.read(bytes, 0, bytes.length)).toThrow('the record differs')
})
