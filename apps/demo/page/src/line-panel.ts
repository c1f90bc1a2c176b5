import { element } from './element.ts'
import type { EndpointSettings } from './endpoint-settings.ts'
import { plotPath } from './plot.ts'
import type { RoundTrips } from './round-trips.ts'
import { inTenths, timeSpan } from './time-span.ts'
import { silenceLevel, type VitalSigns } from './vital-signs.ts'

const PLOT = { width: 240, height: 44, capacity: 60 }

/** From this size on there is room for the panel beside the log. */
const ROOMY = '(min-width: 64rem) and (min-height: 55rem)'

/** The heartbeat and the round trips, made visible behind a fold. */
export class LinePanel {
  readonly #fold = element('line', HTMLDetailsElement)
  readonly #summary = element('line-summary', HTMLElement)
  readonly #silence = element('silence', HTMLElement)
  readonly #gauge = element('silence-gauge', HTMLElement)
  readonly #gaugeLabels = element('gauge-labels', HTMLElement)
  readonly #rule = element('rule', HTMLElement)
  readonly #beats = element('beats', HTMLElement)
  readonly #pulse = element('pulse', HTMLElement)
  readonly #roundTrip = element('round-trip', HTMLElement)
  readonly #top = element('round-trip-top', HTMLElement)
  readonly #curve = document.querySelector('#round-trip-plot path')
  #sent = 0
  #answered = 0
  #drawn = -1

  constructor() {
    this.#fold.open = matchMedia(ROOMY).matches
  }

  /** Says what X is with this server, and begins to count; `undefined` for one that is not the page's own. */
  explain(settings: EndpointSettings | undefined): void {
    this.#sent = 0
    this.#answered = 0
    const interval = settings?.keepAliveInterval ?? 0
    const hasHeartbeat = interval > 0
    this.#gaugeLabels.hidden = !hasHeartbeat
    this.#rule.textContent = hasHeartbeat
      ? `X is ${timeSpan(interval)}, the server’s --keep-alive-interval: after X without traffic a heartbeat is sent, and after 2X without a sign of life the connection is given up.`
      : ''
    this.#countBeats(hasHeartbeat)
  }

  beat(what: 'sent' | 'answered'): void {
    if (what === 'sent') this.#sent++
    else this.#answered++
    this.#countBeats(true)
    this.#pulse.setAttribute('data-beat', what)
    for (const animation of this.#pulse.getAnimations({ subtree: true })) {
      animation.cancel()
      animation.play()
    }
  }

  tick(signs: VitalSigns, roundTrips: RoundTrips, now: number): void {
    const silence = signs.silence(now)
    const words = silence === undefined ? 'No connection' : `silent for ${inTenths(silence)}`
    this.#silence.textContent = words
    const { share, level } =
      silence === undefined || signs.interval === undefined
        ? { share: 0, level: 'fresh' }
        : silenceLevel(silence, signs.interval)
    this.#gauge.style.setProperty('--share', String(share))
    this.#gauge.setAttribute('data-level', level)
    this.#summary.textContent = silence === undefined ? '' : words
    if (roundTrips.count !== this.#drawn) this.#draw(roundTrips)
  }

  #draw({ count, last, samples }: RoundTrips): void {
    this.#drawn = count
    const { path, top } = plotPath(samples, PLOT)
    this.#curve?.setAttribute('d', path)
    this.#top.textContent = timeSpan(top)
    this.#roundTrip.textContent =
      last === undefined
        ? 'Nothing measured yet'
        : `${timeSpan(last)} (${timeSpan(Math.min(...samples))} to ${timeSpan(Math.max(...samples))})`
  }

  #countBeats(hasHeartbeat: boolean): void {
    this.#beats.textContent = hasHeartbeat
      ? `${this.#sent} sent, ${this.#answered} answered`
      : 'None is sent'
  }
}
