import type { TransportKind } from '@wirebeat/core'
import type { Person } from '../../src/chat.ts'
import { CHAT_LIMITS } from '../../src/chat-limits.ts'
import { ChatConversation } from './chat-conversation.ts'
import { ChatLog, personName } from './chat-log.ts'
import { element } from './element.ts'
import { meta, readSettings } from './endpoint-settings.ts'
import { Field } from './field.ts'

const TRANSPORTS: Readonly<Record<TransportKind, string>> = {
  'web-sockets': 'WebSockets',
  'server-sent-events': 'Server-Sent Events',
  'long-polling': 'long polling',
}

const badge = element('status-badge', HTMLElement)
const statusText = element('status', HTMLElement)
const joinButton = element('join', HTMLButtonElement)
const leaveButton = element('leave', HTMLButtonElement)
const sendButton = element('send', HTMLButtonElement)
const peopleList = element('people', HTMLUListElement)
const nobody = element('people-empty', HTMLElement)
const name = new Field('name', 'join-note', CHAT_LIMITS.name)
const room = new Field('room', 'join-note', CHAT_LIMITS.room)
const message = new Field('message', 'message-note', CHAT_LIMITS.message)
const log = new ChatLog()
let ownNumber: number | undefined
let transport: TransportKind = 'web-sockets'
let hasFailed = false

const conversation = new ChatConversation(meta('wirebeat-path'), readSettings(), {
  changed: enter,
  joined(joined) {
    ownNumber = joined.number
    transport = joined.transport
    log.noted(`You are in ${room.value}, as `, personName({ ...joined, name: name.value }, true))
    showPeople(joined.people)
  },
  came(person, people) {
    log.noted(personName(person), ' has come')
    showPeople(people)
  },
  went(person, people) {
    log.noted(personName(person), ' has gone')
    showPeople(people)
  },
  said: (person, text) => log.said(person, text, person.number === ownNumber),
  lost() {
    log.failed('The connection is lost. Connecting again…')
    showPeople([])
  },
  failed(problem) {
    hasFailed = true
    enter()
    log.failed(problem)
    room.showProblem(problem)
  },
})

element('join-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  if (conversation.state !== 'disconnected') return
  name.clearProblem()
  room.clearProblem()
  if (name.value === '') name.showProblem('Write your name')
  else if (room.value === '') room.showProblem('Write the name of a room')
  else {
    hasFailed = false
    message.focus()
    conversation.join(name.value, room.value)
  }
})
leaveButton.addEventListener('click', () => conversation.leave())
element('message-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  say(message.value)
})
enter()

async function say(text: string): Promise<void> {
  if (text === '') return
  message.value = ''
  try {
    await conversation.say(text)
  } catch (error) {
    // What the person has begun to write meanwhile is not overwritten.
    if (message.value === '') message.value = text
    message.showProblem(`Not sent: ${error instanceof Error ? error.message : error}`)
  }
}

function enter(): void {
  const { state } = conversation
  const isOver = state === 'disconnected'
  name.enabled = isOver
  room.enabled = isOver
  joinButton.disabled = !isOver
  sendButton.disabled = state !== 'open'
  const focusWouldBeLost = isOver && document.activeElement === leaveButton
  leaveButton.disabled = isOver
  if (focusWouldBeLost) joinButton.focus({ preventScroll: true })
  if (isOver) showPeople([])
  showStatus()
}

function showStatus(): void {
  const { state } = conversation
  const words = {
    disconnected: 'Disconnected',
    connecting: 'Connecting…',
    open: `Connected over ${TRANSPORTS[transport]}`,
    waiting: 'Reconnecting…',
    closing: 'Leaving…',
  }[state]
  badge.setAttribute('data-state', state)
  badge.toggleAttribute('data-unclean', state === 'disconnected' && hasFailed)
  // Only a change is written, because whatever is written here is read aloud.
  if (statusText.textContent === words) return
  statusText.textContent = words
  document.title = `${words} · Wirebeat chat`
}

function showPeople(people: readonly Person[]): void {
  nobody.hidden = people.length > 0
  peopleList.replaceChildren(
    ...people.map((person) => {
      const item = document.createElement('li')
      const isOwn = person.number === ownNumber
      item.append(personName(person, isOwn), isOwn ? ' you' : '')
      return item
    }),
  )
}
