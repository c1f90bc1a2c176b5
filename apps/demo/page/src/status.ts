import type { Status } from '@wirebeat/client'
import { element } from './element.ts'

/** The state of the connection, in the corner and in the title of the page. */
export class StatusBadge {
  readonly #badge = element('status-badge', HTMLElement)
  readonly #words = element('status', HTMLElement)
  readonly #more = element('status-more', HTMLElement)

  show(status: Status): void {
    const words = statusWords(status)
    this.#badge.setAttribute('data-state', status.state)
    this.#badge.toggleAttribute('data-unclean', isUnclean(status))
    this.#words.textContent = words
    document.title = `${words} · Wirebeat echo`
    this.tick(status, performance.now())
  }

  /** Counts down to the next attempt, beside the words, which would otherwise be read aloud each time. */
  tick(status: Status, now: number): void {
    const words = moreWords(status, now)
    if (this.#more.textContent !== words) this.#more.textContent = words
  }
}

/** Whether the connection ended, or did not come about, without being asked to. */
function isUnclean(status: Status): boolean {
  return status.state === 'closed' && status.cause !== 'client' && !status.wasClean
}

function moreWords(status: Status, now: number): string {
  if (status.state === 'open') return 'over WebSocket'
  if (status.state !== 'waiting') return ''
  return `in ${Math.max(0, Math.ceil((status.retryAt - now) / 1000))} s`
}

function statusWords(status: Status): string {
  switch (status.state) {
    case 'connecting':
      return status.losses > 0 ? 'Reconnecting…' : 'Connecting…'
    case 'open':
      return 'Connected'
    case 'waiting':
      return 'Reconnecting'
    case 'closing':
      return 'Closing…'
    case 'closed':
      // Where there was no connection to close, or the server did not answer, 1006 stands for the lack of a code.
      return status.cause === 'client' && status.code === 1006
        ? 'Closed'
        : `Closed (${status.code})`
  }
}
