import type { Status } from '@wirebeat/client'
import { element } from './element.ts'

/** The state of the connection, in the corner and in the title of the page. */
export class StatusBadge {
  readonly #badge = element('status-badge', HTMLElement)
  readonly #words = element('status', HTMLElement)
  readonly #retry = element('status-retry', HTMLElement)

  show(status: Status): void {
    const words = statusWords(status)
    this.#badge.setAttribute('data-state', status.state)
    this.#badge.toggleAttribute('data-unclean', status.state === 'closed' && !status.wasClean)
    this.#words.textContent = words
    document.title = `${words} · Wirebeat echo`
    this.tick(status, performance.now())
  }

  /** Counts down to the next attempt, beside the words, which would otherwise be read aloud each time. */
  tick(status: Status, now: number): void {
    if (status.state !== 'waiting') this.#retry.textContent = ''
    else {
      const seconds = Math.max(0, Math.ceil((status.retryAt - now) / 1000))
      this.#retry.textContent = `in ${seconds} s`
    }
  }
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
      return `Closed (${status.code})`
  }
}
