import type { EndpointStats } from '@wirebeat/core'
import { CountList } from './count-list.ts'
import { element } from './element.ts'
import { amountOfBytes, count, milliseconds, NONE, rate } from './figure.ts'

const INTERVAL = 1_000
/** How long an answer may take, in milliseconds. */
const PATIENCE = 5_000

const badge = element('status-badge', HTMLElement)
const statusText = element('status', HTMLElement)
const pauseButton = element('pause', HTMLButtonElement)
const roundTrips = new CountList(element('round-trips', HTMLElement))
const ends = new CountList(element('ends', HTMLElement))
const refusals = new CountList(element('refusals', HTMLElement))
const figures = new Map(
  Array.from(document.querySelectorAll<HTMLElement>('[data-figure]'), (shown) => [
    shown.dataset['figure'] ?? '',
    shown,
  ]),
)

let isPaused = false
let previous: { readonly stats: EndpointStats; readonly at: number } | undefined

pauseButton.addEventListener('click', () => {
  isPaused = !isPaused
  pauseButton.textContent = isPaused ? 'Go on' : 'Pause'
  // What came in a longer time is no rate of now.
  previous = undefined
  if (isPaused) showStatus('closed', 'Paused')
})

setInterval(ask, INTERVAL)
ask()

async function ask(): Promise<void> {
  if (isPaused || document.hidden) return
  try {
    const response = await fetch('/stats.json', { signal: AbortSignal.timeout(PATIENCE) })
    // The server is the one that this page came from.
    const stats = (await response.json()) as EndpointStats
    if (!isPaused) show(stats)
  } catch {
    if (!isPaused) {
      showStatus('failed', 'No answer')
      forgetNow()
    }
  }
}

/** Figures of now, and not of all the time until now. */
const OF_NOW = ['open', 'pending', 'received-rate', 'sent-rate', 'buffered'] as const

/** Without an answer nothing is known of now. */
function forgetNow(): void {
  previous = undefined
  for (const name of OF_NOW) figure(name, NONE)
}

function show(stats: EndpointStats): void {
  const { connections, received, sent, pings, shutdown } = stats
  const { roundTripTime } = pings
  const isShuttingDown = shutdown !== undefined && shutdown.remaining > 0
  showStatus(isShuttingDown ? 'closing' : 'open', isShuttingDown ? 'Shutting down' : 'Live')

  const now = performance.now()
  const seconds = previous && (now - previous.at) / 1_000
  const before = previous?.stats
  previous = { stats, at: now }

  figure('open', count(connections.open))
  figure('opened', count(connections.opened))
  figure('pending', count(stats.pendingHandshakes))
  figure(
    'shutdown',
    shutdown === undefined ? 'No' : `${count(shutdown.remaining)} of ${count(shutdown.total)} left`,
  )
  figure('received-messages', count(received.messages))
  figure('received-rate', rate(received.messages, before?.received.messages, seconds))
  figure('received-bytes', amountOfBytes(received.bytes))
  figure('sent-messages', count(sent.messages))
  figure('sent-rate', rate(sent.messages, before?.sent.messages, seconds))
  figure('sent-bytes', amountOfBytes(sent.bytes))
  figure('buffered', amountOfBytes(stats.bufferedBytes))
  figure('pings-sent', count(pings.sent))
  figure('pings-answered', count(pings.answered))
  figure('round-trip-last', milliseconds(roundTripTime.last))
  figure('round-trip-min', milliseconds(roundTripTime.min))
  figure('round-trip-mean', milliseconds(roundTripTime.sum / pings.answered))
  figure('round-trip-max', milliseconds(roundTripTime.max))

  roundTrips.show(roundTripsByTime(pings))
  ends.show(Object.entries(stats.ends))
  refusals.show(Object.entries(stats.refusals))
}

/** How many took how long; each is in one row, where a bucket holds those before it as well. */
function roundTripsByTime({ answered, roundTripTime }: EndpointStats['pings']): [string, number][] {
  let below = 0
  let bound = 0
  const rows = roundTripTime.buckets.map(({ upTo, count }): [string, number] => {
    const row: [string, number] = [`up to ${milliseconds(upTo)}`, count - below]
    below = count
    bound = upTo
    return row
  })
  return [...rows, [`over ${milliseconds(bound)}`, answered - below]]
}

function figure(name: string, text: string): void {
  const shown = figures.get(name)
  if (shown === undefined) throw new Error(`The page has no figure ${name}`)
  shown.textContent = text
}

/** Only a change is written, because whatever is written here is read aloud. */
function showStatus(state: 'open' | 'closing' | 'closed' | 'failed', words: string): void {
  if (statusText.textContent === words) return
  badge.setAttribute('data-state', state)
  badge.toggleAttribute('data-unclean', state === 'failed')
  statusText.textContent = words
}
