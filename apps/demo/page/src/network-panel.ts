import { element } from './element.ts'
import type { EndpointSettings } from './endpoint-settings.ts'
import { endWords, fetchServerView, presentWords, type SeenConnection } from './server-view.ts'
import { timeSpan } from './time-span.ts'

/** How often the server is asked while there is a connection, in milliseconds. */
const ASK_EVERY = 3_000
/** The same while something is expected of it. */
const ASK_SOON = 500
/** From here on nobody waits for the end of a silence. */
const LONG = 10_000

/** The switch that takes the network away, and what the server says of this page's connections. */
export class NetworkPanel {
  readonly #switch = element('network-gone', HTMLButtonElement)
  readonly #note = element('network-note', HTMLElement)
  readonly #present = element('server-present', HTMLElement)
  readonly #end = element('server-end', HTMLElement)
  readonly #token: string
  readonly #onEnd: (words: string, endedAt: number) => void
  #seen: readonly SeenConnection[] = []
  #askedAt = 0
  #isSilent = false
  #told = new Set<string>()
  #isOwnServer = true
  #isGone = false
  #isEnabled = false
  /** How often the server was asked. */
  #asked = 0
  #timer: number | undefined

  /**
   * @param onEnd called once for each connection whose end the server tells of, with the words and
   * the time of the end by the clock of the page
   */
  constructor(
    token: string,
    onSwitch: (isGone: boolean) => void,
    onEnd: (words: string, endedAt: number) => void,
  ) {
    this.#token = token
    this.#onEnd = onEnd
    this.#switch.addEventListener('click', () => {
      this.#isGone = !this.#isGone
      this.#switch.setAttribute('aria-checked', String(this.#isGone))
      onSwitch(this.#isGone)
      this.ask()
    })
  }

  set enabled(enabled: boolean) {
    this.#isEnabled = enabled
    this.#switch.disabled = !enabled && !this.#isGone
  }

  /** Says what the switch will show with this server; `undefined` for one that is not the page's own. */
  explain(settings: EndpointSettings | undefined): void {
    this.#isOwnServer = settings !== undefined
    this.#note.textContent = explanation(settings)
  }

  /** Asks the server now, and again for as long as it has something new to say. */
  ask(): void {
    clearTimeout(this.#timer)
    if (!this.#isOwnServer) return
    const number = ++this.#asked
    const isLatest = () => number === this.#asked
    fetchServerView(this.#token).then(
      (seen) => {
        if (isLatest()) this.#show(seen)
      },
      () => {
        if (isLatest()) this.#fail()
      },
    )
  }

  tick(now: number): void {
    const words = this.#words(now)
    if (this.#present.textContent !== words) this.#present.textContent = words
  }

  #words(now: number): string {
    if (!this.#isOwnServer) return 'not this page’s own server'
    return this.#isSilent ? 'it does not answer' : presentWords(this.#seen, now - this.#askedAt)
  }

  /** It is down, or too busy. What it saw before says nothing of now. */
  #fail(): void {
    this.#isSilent = true
    if (this.#isEnabled) this.#askAfter(ASK_EVERY)
  }

  #askAfter(delay: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.ask(), delay)
  }

  #show(seen: readonly SeenConnection[]): void {
    this.#seen = seen
    this.#isSilent = false
    this.#askedAt = performance.now()
    for (const connection of seen) {
      const words = endWords(connection)
      const key = `${connection.id} ${connection.openedAt}`
      if (words === undefined || this.#told.has(key)) continue
      this.#told.add(key)
      this.#end.textContent = words
      this.#onEnd(words, this.#askedAt - (connection.end?.endedAgo ?? 0))
    }
    const open = seen.filter(({ end }) => end === undefined)
    // While the network is gone, and while the server holds a connection that this side has left.
    if (open.length > (this.#isEnabled && !this.#isGone ? 1 : 0)) this.#askAfter(ASK_SOON)
    else if (this.#isEnabled) this.#askAfter(ASK_EVERY)
  }
}

function explanation(settings: EndpointSettings | undefined): string {
  if (settings === undefined) {
    return 'Nothing passes in either direction. What the other server makes of it, this page cannot know.'
  }
  const { aliveOn, clientTimeout, keepAliveInterval } = settings
  if (keepAliveInterval === 0)
    return 'This server runs without a heartbeat: neither end will notice.'
  const server =
    aliveOn === 'message'
      ? `Both ends notice within 2X (the server after ${timeSpan(clientTimeout)}).`
      : 'This end notices within 2X. The server will not: the browser goes on answering its pings, which no page can prevent. With --alive-on message only messages count.'
  const patience =
    keepAliveInterval > LONG ? ' Start it with --keep-alive-interval 2s to see it in seconds.' : ''
  return server + patience
}
