import { describe, expect, test } from 'vitest'
import { expectRecords } from '../src/hub/expectation.ts'
import { json } from '../src/hub/json.ts'
import { messagepack } from '../src/hub/messagepack.ts'
import { type HubRecord, Type } from '../src/hub/record.ts'
import { MAX_RECORD_SIZE } from '../src/settings.ts'

const call = (target: string, args: readonly unknown[], more: HubRecord = {}): HubRecord => ({
  type: Type.call,
  invocationId: '1',
  target,
  arguments: args,
  ...more,
})
const held: HubRecord = { type: Type.stream, invocationId: '1', target: 'held', arguments: [] }
const cancel: HubRecord = { type: Type.cancel, invocationId: '1' }
const total = call('total', [], { streamIds: ['u'] })
const item = (value: unknown): HubRecord => ({ type: Type.item, invocationId: 'u', item: value })
const last: HubRecord = { type: Type.completion, invocationId: 'u' }

describe.each([json, messagepack])('what $name must come to', (encoding) => {
  const expected = (...records: readonly HubRecord[]) =>
    expectRecords(Buffer.concat(records.map((record) => encoding.write(record))), encoding)

  test.each<[readonly HubRecord[], object]>([
    [[call('ADD', [1, 2])], { result: 3 }],
    [[call('add', [1])], { error: "Failed to invoke 'add' due to an error on the server." }],
    [[total, item(1), item(2), last], { result: 3 }],
    [[held, cancel], {}],
  ])('%j is answered with %j', (records, end) => {
    const { verdict, answers } = expected(...records)
    expect(verdict).toBe('idle')
    expect(answers.get('1')?.end).toEqual(end)
  })

  test.each<[readonly HubRecord[], string]>([
    [[held], 'busy'],
    [[total], 'busy'],
    [[call('add', [1, 2]), call('add', [1, 2])], 'unknown'],
    [[call('echo', [{ ['__proto__']: 1 }])], 'unknown'],
    [[call('fail', ['a lone surrogate: \ud800'])], 'unknown'],
  ])('%j leaves it %s', (records, verdict) => {
    expect(expected(...records).verdict).toBe(verdict)
  })

  test.each<[HubRecord, string]>([
    [{ type: Type.close }, 'client'],
    [{ type: 2 ** 31 }, 'protocol-error'],
    [call('echo', ['x'.repeat(MAX_RECORD_SIZE)]), 'message-too-big'],
  ])('%j ends it', (record, cause) => {
    expect(expected(record)).toMatchObject({ verdict: 'ended', end: { cause, code: 1000 } })
  })

  test('half a record leaves it cut', () => {
    const bytes = encoding.write(call('ask', ['x']))
    expect(expectRecords(bytes.subarray(0, 9), encoding).verdict).toBe('cut')
    const { verdict, answers } = expectRecords(
      Buffer.concat([bytes, bytes.subarray(0, 9)]),
      encoding,
    )
    // The client cannot answer behind it.
    expect({ verdict, answers }).toEqual({ verdict: 'cut', answers: new Map() })
  })
})
