import { Announcer } from './announcer.ts'
import { ConnectionForm } from './connection-form.ts'
import { element } from './element.ts'
import { CommunicationLog } from './log.ts'
import { MessageForm } from './message-form.ts'
import { ParkedFocus } from './parked-focus.ts'
import { constructorProblem, endpointUrl, parseServerUrl } from './server-url.ts'
import { type ConnectionState, showStatus } from './status.ts'
import { keepTableRoles } from './table-roles.ts'

const path = document.querySelector<HTMLMetaElement>('meta[name="wirebeat-path"]')?.content ?? '/'
const statusBadge = element('status-badge', HTMLElement)
const statusText = element('status', HTMLElement)
const scroller = element('log', HTMLElement)
const log = new CommunicationLog(
  {
    scroller,
    rows: element('log-rows', HTMLElement),
    summary: element('log-summary', HTMLElement),
    empty: element('log-empty', HTMLElement),
  },
  new Announcer(element('log-announcer', HTMLElement)),
)
const connectionForm = new ConnectionForm(endpointUrl(location, path), connect)
const messageForm = new MessageForm(send, closeSocket)
const focus = new ParkedFocus()

keepTableRoles(element('log-table', HTMLElement))

let state: ConnectionState = { phase: 'disconnected' }
enter(state)

function enter(next: ConnectionState): void {
  state = next
  const { phase } = next
  connectionForm.enabled = phase === 'disconnected' || phase === 'closed'
  messageForm.enabled = {
    send: phase === 'connected',
    close: phase === 'connecting' || phase === 'connected',
  }
  showStatus(statusBadge, statusText, next)
}

function connect(typed: string): void {
  if (state.phase !== 'disconnected' && state.phase !== 'closed') return
  const parsed = parseServerUrl(typed)
  if (!parsed.ok) {
    refuse(parsed.problem)
    return
  }
  let socket: WebSocket
  try {
    socket = new WebSocket(parsed.url)
  } catch (error) {
    refuse(constructorProblem(error))
    return
  }
  connectionForm.clearProblem()
  listen(socket)
  focus.park(messageForm.field)
  enter({ phase: 'connecting', socket })
}

function refuse(problem: string): void {
  connectionForm.showProblem(problem)
  log.add({ kind: 'failed', what: problem, hint: 'no connection was tried' })
}

/**
 * A socket is listened to until its close event, and only after that can the next one be made:
 * that is what keeps an earlier socket out of the state of a later one.
 */
function listen(socket: WebSocket): void {
  socket.binaryType = 'arraybuffer'
  const listening = new AbortController()
  const { signal } = listening
  let everOpened = false

  socket.addEventListener(
    'open',
    () => {
      everOpened = true
      focus.release()
      enter({ phase: 'connected', socket })
      log.add({ kind: 'opened', url: socket.url, protocol: socket.protocol })
    },
    { signal },
  )
  socket.addEventListener(
    'message',
    (event: MessageEvent<string | ArrayBuffer>) => {
      log.add({ kind: 'received', data: event.data })
    },
    { signal },
  )
  socket.addEventListener(
    'error',
    () => log.add({ kind: 'failed', ...failure(socket.url, everOpened) }),
    { signal },
  )
  socket.addEventListener(
    'close',
    ({ code, reason, wasClean }) => {
      listening.abort()
      const focusWouldBeLost = focus.untouched || messageForm.focusIsOnButton
      focus.release()
      enter({ phase: 'closed', code, wasClean })
      if (focusWouldBeLost) connectionForm.focusConnect()
      log.add({ kind: 'closed', code, reason, wasClean, everOpened })
    },
    { signal },
  )
}

/** A browser keeps the cause of a failure from the page, so that pages cannot probe a network. */
function failure(url: string, everOpened: boolean): { what: string; hint: string } {
  if (everOpened) {
    return { what: 'the connection failed', hint: 'the browser tells a page no more than that' }
  }
  if (state.phase === 'closing') {
    return { what: 'the connection was given up', hint: 'Close Socket came before it opened' }
  }
  return {
    what: 'could not connect',
    hint: `${url}: the server may be down, the path wrong, or this origin refused; the browser’s console may say which`,
  }
}

function send(message: string): void {
  if (state.phase !== 'connected') return
  // The server may have begun to close: the browser would then drop the message without a word.
  if (state.socket.readyState === WebSocket.OPEN) {
    state.socket.send(message)
    log.add({ kind: 'sent', data: message })
  } else {
    log.add({ kind: 'failed', what: 'not sent', hint: 'the connection is already closing' })
  }
  messageForm.selectText()
}

function closeSocket(): void {
  if (state.phase !== 'connecting' && state.phase !== 'connected') return
  const { socket } = state
  focus.park(scroller)
  enter({ phase: 'closing', socket })
  socket.close(1000, 'closed from the page')
}
