import { decodeText, MAX_TIMER } from '@wirebeat/core/extension'
import { ClientResultError } from '../errors/client-result-error.ts'
import { HubError } from '../errors/hub-error.ts'
import type { Encoded } from '../protocol/encoding.ts'
import { writeCompletion } from './completion.ts'
import type { Directory } from './directory.ts'
import { isName } from './group-name.ts'
import {
  countOf,
  flagOf,
  type Head,
  type HubMessage,
  isText,
  listOf,
  readHubMessage,
  textOf,
  unreadable,
  writeHubMessage,
} from './hub-message.ts'
import type { Recipient } from './recipient.ts'

/** How the ids of calls look with which clients answer another server. Those of this server look otherwise. */
const ANSWER_ID = /^r[0-9a-f]{32}$/

/** Answers what hubs of other servers ask about the connections of this one. */
export class Answering {
  readonly #directory: Directory
  /** Those that other servers wait for, by the ids with which they answer. */
  readonly #asked = new Map<string, Recipient>()

  constructor(directory: Directory) {
    this.#directory = directory
  }

  /** @throws UnreadableError */
  async answer(question: Uint8Array): Promise<Uint8Array> {
    const message = readHubMessage(question)
    const { head } = message
    const operation = textOf(head, 'operation')
    switch (operation) {
      case 'find':
        return this.#find(head)
      case 'send':
        return this.#send(message)
      case 'invoke':
        return this.#invoke(message)
      case 'cancel':
        return this.#cancel(head)
      case 'add':
      case 'remove':
        return this.#changeGroup(operation, head)
      case 'disconnect':
        return this.#disconnect(head)
      case 'disconnect-user':
        return this.#disconnectUser(head)
      default:
        throw unreadable('Its operation is not known to this release.')
    }
  }

  #find(head: Head): Uint8Array {
    const encodings = listOf(head, 'ids', isText).map(
      (id) => this.#directory.find(id)?.encoding.name ?? null,
    )
    return writeHubMessage({ encodings })
  }

  #send({ head, record }: HubMessage): Uint8Array {
    const encoding = textOf(head, 'encoding')
    const missing: number[] = []
    let written: Encoded | undefined
    listOf(head, 'connections', isText).forEach((id, index) => {
      const recipient = this.#recipient(id, encoding)
      if (recipient !== undefined) written ??= encodedFor(recipient, record)
      const isSent = written !== undefined && recipient?.write(written) !== 'closed'
      if (recipient === undefined || !isSent) missing.push(index)
    })
    return writeHubMessage({ missing })
  }

  async #invoke({ head, record }: HubMessage): Promise<Uint8Array> {
    const recipient = this.#recipient(textOf(head, 'connection'), textOf(head, 'encoding'))
    const answerId = textOf(head, 'answerId')
    const timeout = countOf(head, 'timeout')
    const target = textOf(head, 'target')
    const isAllowed = ANSWER_ID.test(answerId) && !this.#asked.has(answerId)
    if (!isAllowed) throw unreadable('Its answerId is wrong or in use.')
    if (timeout < 1 || timeout > MAX_TIMER) throw unreadable('Its timeout is out of range.')
    if (recipient === undefined) return writeHubMessage({ outcome: 'gone' })
    this.#asked.set(answerId, recipient)
    recipient.lendSlot()
    try {
      const written = encodedFor(recipient, record)
      const { answers, encoding } = recipient
      const completion = await answers.forward(recipient, answerId, written, target, { timeout })
      return writeHubMessage({ outcome: 'answered' }, writeCompletion(encoding, completion))
    } catch (error) {
      if (!(error instanceof ClientResultError)) throw error
      return writeHubMessage({ outcome: error.reason })
    } finally {
      this.#asked.delete(answerId)
      recipient.takeSlotBack()
    }
  }

  #cancel(head: Head): Uint8Array {
    const answerId = textOf(head, 'answerId')
    this.#asked.get(answerId)?.answers.cancel(answerId)
    return writeHubMessage({})
  }

  #changeGroup(operation: 'add' | 'remove', head: Head): Uint8Array {
    const connection = textOf(head, 'connection')
    const group = textOf(head, 'group')
    if (!isName(group)) throw unreadable('Its group is no name of a group.')
    try {
      const done =
        operation === 'add'
          ? this.#directory.addToGroup(connection, group)
          : this.#directory.removeFromGroup(connection, group)
      return writeHubMessage({ done })
    } catch (error) {
      if (!(error instanceof HubError)) throw error
      return writeHubMessage({ error: error.message })
    }
  }

  #disconnect(head: Head): Uint8Array {
    const allowReconnect = flagOf(head, 'allowReconnect')
    const ids = [textOf(head, 'connection')]
    return writeHubMessage({ count: this.#directory.disconnect(ids, { allowReconnect }) })
  }

  #disconnectUser(head: Head): Uint8Array {
    const allowReconnect = flagOf(head, 'allowReconnect')
    const user = textOf(head, 'user')
    if (!isName(user)) throw unreadable('Its user is no id of a user.')
    return writeHubMessage({ count: this.#directory.disconnectUser(user, { allowReconnect }) })
  }

  #recipient(id: string, encoding: string): Recipient | undefined {
    const recipient = this.#directory.find(id)
    return recipient?.encoding.name === encoding ? recipient : undefined
  }
}

/** A record as its encoding has it. */
function encodedFor({ encoding }: Recipient, record: Uint8Array): Encoded {
  return encoding.format === 'text' ? decodeText(record) : record
}
