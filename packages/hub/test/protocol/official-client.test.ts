import { type HubMessage, JsonHubProtocol, MessageType, NullLogger } from '@microsoft/signalr'
import { describe, expect, test } from 'vitest'
import { jsonEncoding } from '../../src/protocol/json/json-encoding.ts'
import { readKnownLayout } from '../../src/protocol/json/known-layout.ts'
import { readAll } from './support.ts'

// The protocol of the client that is installed.
const client = new JsonHubProtocol()

describe('the official client writes, and is read', () => {
  test.each<[HubMessage, unknown]>([
    [
      { type: MessageType.Invocation, target: 'T', arguments: [1, 'a'], invocationId: '0' },
      { kind: 'invocation', id: '0', target: 'T', args: [1, 'a'], streamIds: [] },
    ],
    [
      { type: MessageType.Invocation, target: 'T', arguments: [], streamIds: ['1'] },
      { kind: 'invocation', id: undefined, target: 'T', args: [], streamIds: ['1'] },
    ],
    [
      { type: MessageType.StreamInvocation, target: 'T', arguments: [], invocationId: '0' },
      { kind: 'stream-invocation', id: '0', target: 'T', args: [], streamIds: [] },
    ],
    [
      { type: MessageType.StreamItem, invocationId: '1', item: { a: 1 } },
      { kind: 'stream-item', id: '1', isReadable: true, item: { a: 1 } },
    ],
    [
      { type: MessageType.Completion, invocationId: 's1', result: 2 },
      { kind: 'completion', id: 's1', error: undefined, hasResult: true, result: 2 },
    ],
    [
      { type: MessageType.Completion, invocationId: 's1', error: 'e' },
      { kind: 'completion', id: 's1', error: 'e', hasResult: false, result: undefined },
    ],
    [
      { type: MessageType.CancelInvocation, invocationId: '0' },
      { kind: 'cancel', id: '0' },
    ],
    [{ type: MessageType.Ping }, { kind: 'ping' }],
    [{ type: MessageType.Close }, { kind: 'close', error: undefined, allowReconnect: false }],
    [
      { type: MessageType.Ack, sequenceId: 3 },
      { kind: 'acknowledgement', sequenceId: 3 },
    ],
    [
      { type: MessageType.Sequence, sequenceId: 3 },
      { kind: 'sequence', sequenceId: 3 },
    ],
  ])('%j', (message, record) => {
    expect(readAll(jsonEncoding, [client.writeMessage(message)])).toStrictEqual({
      records: [record],
      error: undefined,
    })
  })
})

test.each<HubMessage>([
  { target: 'T', arguments: ['a'], invocationId: '0', type: MessageType.Invocation },
  { target: 'T', arguments: ['a'], type: MessageType.Invocation },
  { invocationId: '1', item: 'a', type: MessageType.StreamItem },
  { invocationId: 's1', result: ['a'], type: MessageType.Completion },
])('%j is read by its layout, in the order in which the client makes it', (message) => {
  const text = client.writeMessage(message)
  expect(readKnownLayout(text, 0, text.length - 1)).toBeDefined()
})

test.each([
  [jsonEncoding.ping, { type: 6 }],
  [jsonEncoding.invocation('T', [1]), { type: 1, target: 'T', arguments: [1] }],
  [
    jsonEncoding.invocation('T', [], 's1'),
    { type: 1, target: 'T', arguments: [], invocationId: 's1' },
  ],
  [jsonEncoding.streamItem('1', null), { type: 2, invocationId: '1', item: null }],
  [jsonEncoding.result('1', undefined), { type: 3, invocationId: '1', result: null }],
  [jsonEncoding.result('1', Buffer.from('a')), { type: 3, invocationId: '1', result: 'YQ==' }],
  [jsonEncoding.failure('1', 'e'), { type: 3, invocationId: '1', error: 'e' }],
  [jsonEncoding.streamEnd('1'), { type: 3, invocationId: '1' }],
  [jsonEncoding.close('e', true), { type: 7, error: 'e', allowReconnect: true }],
  [jsonEncoding.acknowledgement(1), { type: 8, sequenceId: 1 }],
  [jsonEncoding.sequence(1), { type: 9, sequenceId: 1 }],
])('%j is read by the official client', (record, message) => {
  expect(client.parseMessages(`${record}`, NullLogger.instance)).toStrictEqual([message])
})
