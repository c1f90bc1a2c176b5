import { Announcer } from './announcer.ts'
import { ConnectionForm } from './connection-form.ts'
import { Conversation } from './conversation.ts'
import { element } from './element.ts'
import { type EndpointSettings, meta, readSettings } from './endpoint-settings.ts'
import { count, quantity } from './figure.ts'
import { LinePanel } from './line-panel.ts'
import { CommunicationLog } from './log.ts'
import { MessageForm } from './message-form.ts'
import { type Message, sizeOver } from './message-size.ts'
import { NetworkPanel } from './network-panel.ts'
import { ParkedFocus } from './parked-focus.ts'
import { constructorProblem, endpointUrl, parseServerUrl } from './server-url.ts'
import { makeToken } from './server-view.ts'
import { StatusBadge } from './status.ts'
import { timeSpan } from './time-span.ts'

/** How often the times on the page are written anew, in milliseconds. */
const TICK = 100

const settings = readSettings()
const ownUrl = endpointUrl(location, meta('wirebeat-path'))
const token = makeToken()
const scroller = element('log', HTMLElement)
const announcer = new Announcer(element('log-announcer', HTMLElement))
const log = new CommunicationLog(announcer)
const line = new LinePanel()
const badge = new StatusBadge()
const focus = new ParkedFocus()
const networkPanel = new NetworkPanel(token, switchNetwork, tellServerEnd)
const connectionForm = new ConnectionForm(ownUrl, connectOrRetry)
const messageForm = new MessageForm({ send, close: closeSocket }, announcer)
/** The settings of the server that the page is connected to, where it is the page's own. */
let known: EndpointSettings | undefined
let networkGoneAt: number | undefined
/** What is sent when the connection opens. */
let held: readonly Message[] | undefined

const conversation = new Conversation({
  log: (event) => log.add(event),
  changed: enter,
  opened: () => {
    if (connectionForm.focusIsOnButton) messageForm.field.focus({ preventScroll: true })
    focus.release()
    networkPanel.ask()
    const messages = held
    held = undefined
    if (messages !== undefined) deliver(messages)
  },
  lost: () => networkPanel.ask(),
  ended: (problem) => {
    const focusWouldBeLost = focus.untouched || messageForm.focusIsOnButton
    focus.release()
    enter()
    if (problem !== undefined) connectionForm.explain(problem)
    if (held !== undefined) {
      held = undefined
      messageForm.showProblem('Not sent: there is no connection.')
    } else if (focusWouldBeLost) connectionForm.focusButton()
    networkPanel.ask()
  },
  beat: (what) => line.beat(what),
})

line.explain(settings)
networkPanel.explain(settings)
enter()
tick()
setInterval(tick, TICK)

function enter(): void {
  const { status } = conversation
  const state = status?.state
  // Also while the attempt runs that the button has asked for.
  const isRetry = state === 'waiting' || (state === 'connecting' && conversation.everOpened)
  connectionForm.action = isOver() ? 'connect' : isRetry ? 'retry' : 'none'
  messageForm.enabled = {
    send: state !== 'closing',
    close: !isOver() && state !== 'closing',
    enter: isOver() ? 'connects' : state === 'open' ? 'sends' : 'waits',
  }
  networkPanel.enabled = !isOver()
  if (status !== undefined) badge.show(status)
}

function tick(): void {
  const now = performance.now()
  const { status, signs, roundTrips } = conversation
  if (status !== undefined) badge.tick(status, now)
  line.tick(signs, roundTrips, now)
  networkPanel.tick(now)
}

function connectOrRetry(): void {
  if (isOver()) connect()
  else conversation.retry()
}

/** There is no connection, and none is tried. */
function isOver(): boolean {
  const { status } = conversation
  return status === undefined || status.state === 'closed'
}

/** @returns whether a connection is tried. */
function connect(): boolean {
  connectionForm.clearNote()
  const parsed = parseServerUrl(connectionForm.url, location.protocol === 'https:')
  if (!parsed.ok) return refuse(parsed.problem)
  const { url, correction } = parsed
  if (correction !== undefined) {
    connectionForm.correct(url, correction)
    log.add({ kind: 'note', what: correction, hint: '' })
  }
  known = url === ownUrl ? settings : undefined
  try {
    conversation.begin(url, known === undefined ? '' : `?view=${token}`, known)
  } catch (error) {
    return refuse(constructorProblem(error))
  }
  networkPanel.explain(known)
  line.explain(known)
  focus.park(messageForm.field)
  enter()
  return true
}

function refuse(problem: string): false {
  connectionForm.showProblem(problem)
  log.add({ kind: 'failed', what: problem, hint: 'no connection was tried' })
  return false
}

function send(messages: readonly Message[], isSure: boolean): void {
  if (isOver() && !connect()) return
  const limit = known?.maxMessageSize ?? Number.POSITIVE_INFINITY
  const size = sizeOver(messages, limit)
  if (size !== undefined && !isSure) {
    messageForm.askAgain(
      `This message has ${quantity(size, 'byte')}. The server takes ${count(limit)}, and closes the connection at a larger one.`,
    )
  } else if (conversation.status?.state === 'open') {
    deliver(messages)
  } else {
    held = messages
    messageForm.say('Sent as soon as there is a connection.')
  }
}

function deliver(messages: readonly Message[]): void {
  const problem = conversation.send(messages)
  if (problem === undefined) messageForm.selectText()
  else messageForm.showProblem(problem)
}

function closeSocket(): void {
  focus.park(scroller)
  conversation.close()
}

function switchNetwork(isGone: boolean): void {
  if (isGone) {
    networkGoneAt = performance.now()
    conversation.network.takeAway()
    log.add({
      kind: 'note',
      what: 'The network is gone',
      hint: 'as far as this page goes: nothing passes in either direction',
    })
  } else {
    networkGoneAt = undefined
    log.add({ kind: 'note', what: 'The network is back', hint: 'what waited passes now' })
    conversation.network.bringBack()
    // What a browser tells its pages then; the client does not wait any longer.
    window.dispatchEvent(new Event('online'))
  }
  enter()
}

function tellServerEnd(words: string, endedAt: number): void {
  const since = endedAt - (networkGoneAt ?? Number.POSITIVE_INFINITY)
  log.add({
    kind: 'note',
    what: `The server says: ${words}`,
    hint: since < 0 ? '' : `${timeSpan(since)} after the network went`,
  })
}
