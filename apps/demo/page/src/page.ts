import { Announcer } from './announcer.ts'
import { ConnectionForm } from './connection-form.ts'
import { Conversation } from './conversation.ts'
import { element } from './element.ts'
import { meta, readSettings } from './endpoint-settings.ts'
import { LinePanel } from './line-panel.ts'
import { CommunicationLog } from './log.ts'
import { MessageForm } from './message-form.ts'
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
const log = new CommunicationLog(new Announcer(element('log-announcer', HTMLElement)))
const line = new LinePanel()
const badge = new StatusBadge()
const focus = new ParkedFocus()
const networkPanel = new NetworkPanel(token, switchNetwork, tellServerEnd)
const connectionForm = new ConnectionForm(ownUrl, connect)
const messageForm = new MessageForm(send, closeSocket)
let networkGoneAt: number | undefined

const conversation = new Conversation({
  log: (event) => log.add(event),
  changed: enter,
  opened: () => {
    focus.release()
    networkPanel.ask()
  },
  ended: () => {
    const focusWouldBeLost = focus.untouched || messageForm.focusIsOnButton
    focus.release()
    enter()
    if (focusWouldBeLost) connectionForm.focusConnect()
    networkPanel.ask()
  },
  beat: (what) => line.beat(what),
  measured: () => line.showRoundTrips(conversation.roundTrips),
})

line.showRoundTrips(conversation.roundTrips)
networkPanel.explain(settings)
enter()
tick()
setInterval(tick, TICK)

function enter(): void {
  const { status } = conversation
  const state = status?.state
  const isOver = state === undefined || state === 'closed'
  connectionForm.enabled = isOver
  messageForm.enabled = { send: state === 'open', close: !isOver && state !== 'closing' }
  networkPanel.enabled = !isOver
  if (status !== undefined) badge.show(status)
}

function tick(): void {
  const now = performance.now()
  const { status, signs } = conversation
  if (status !== undefined) badge.tick(status, now)
  line.tick(signs, now)
  networkPanel.tick(now)
}

function connect(typed: string): void {
  const { status } = conversation
  if (status !== undefined && status.state !== 'closed') return
  const parsed = parseServerUrl(typed)
  if (!parsed.ok) {
    refuse(parsed.problem)
    return
  }
  const isOwn = parsed.url === ownUrl
  const known = isOwn ? settings : undefined
  try {
    conversation.begin(parsed.url, isOwn ? `?view=${token}` : '', known)
  } catch (error) {
    refuse(constructorProblem(error))
    return
  }
  networkPanel.explain(known)
  line.begin(conversation.signs)
  connectionForm.clearProblem()
  focus.park(messageForm.field)
  enter()
}

function refuse(problem: string): void {
  connectionForm.showProblem(problem)
  log.add({ kind: 'failed', what: problem, hint: 'no connection was tried' })
}

function send(messages: readonly (string | ArrayBuffer)[]): void {
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
