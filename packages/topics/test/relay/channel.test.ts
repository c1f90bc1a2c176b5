import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  channelOfServer,
  channelOfTopic,
  SERVERS,
  topicOfChannel,
} from '../../src/relay/channel.ts'

describe('the channel of a topic', () => {
  test('names the topic, in characters that mean nothing to a broker', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (topic) => {
        const channel = channelOfTopic(topic)
        expect(channel).toMatch(/^topic-[\w=-]+$/)
        expect(topicOfChannel(channel)).toBe(topic)
      }),
    )
  })

  test.each(['room', 'a=20b', '100%', '%41', 'ä', '\ufeff', '😀'])('names %j', (topic) => {
    expect(topicOfChannel(channelOfTopic(topic))).toBe(topic)
  })

  test('is none of the channels of servers', () => {
    expect(topicOfChannel(SERVERS)).toBeUndefined()
    expect(topicOfChannel(channelOfServer('0123456789abcdef'))).toBeUndefined()
  })
})
