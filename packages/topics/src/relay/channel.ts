import { encodeText } from '@wirebeat/core/extension'

/** The channel on which all servers say that they are there. */
export const SERVERS = 'servers'

/** The channel of one server, for what is for it alone. */
export function channelOfServer(run: string): string {
  return `server-${run}`
}

const TOPIC = 'topic-'
const SAFE = /^[\w-]+$/

/**
 * The channel of a topic. What could mean something to a broker is escaped, such as the wildcards of its subjects,
 * so that a topic is heard by its subscribers alone. Different topics have different channels.
 */
export function channelOfTopic(topic: string): string {
  return TOPIC + (SAFE.test(topic) ? topic : escaped(topic))
}

/** The topic of a channel that {@link channelOfTopic} has named, and `undefined` for another channel. */
export function topicOfChannel(channel: string): string | undefined {
  if (!channel.startsWith(TOPIC)) return undefined
  return decodeURIComponent(channel.slice(TOPIC.length).replaceAll('=', '%'))
}

function escaped(topic: string): string {
  let channel = ''
  for (const byte of encodeText(topic)) {
    const character = String.fromCharCode(byte)
    channel += SAFE.test(character) ? character : `=${byte.toString(16).padStart(2, '0')}`
  }
  return channel
}
