import { element } from './element.ts'
import { plotPath } from './plot.ts'
import type { RoundTrips } from './round-trips.ts'
import { inTenths, timeSpan } from './time-span.ts'
import { silenceLevel, type VitalSigns } from './vital-signs.ts'

const PLOT = { width: 240, height: 44, capacity: 60 }

/** The heartbeat and the round trips, made visible. */
export class LinePanel {
  readonly #silence = element('silence', HTMLElement)
  readonly #gauge = element('silence-gauge', HTMLElement)
  readonly #gaugeLabels = element('gauge-labels', HTMLElement)
  readonly #interval = element('gauge-interval', HTMLElement)
  readonly #timeout = element('gauge-timeout', HTMLElement)
  readonly #beats = element('beats', HTMLElement)
  readonly #pulse = element('pulse', HTMLElement)
  readonly #roundTrip = element('round-trip', HTMLElement)
  readonly #top = element('round-trip-top', HTMLElement)
  readonly #curve = document.querySelector('#round-trip-plot path')
  #sent = 0
  #answered = 0

  /** A new connection, or none. */
  begin({ interval }: VitalSigns): void {
    this.#sent = 0
    this.#answered = 0
    const hasHeartbeat = interval !== undefined
    this.#gaugeLabels.hidden = !hasHeartbeat
    this.#interval.textContent = hasHeartbeat ? `X ${timeSpan(interval)}` : ''
    this.#timeout.textContent = hasHeartbeat ? `2X ${timeSpan(2 * interval)}` : ''
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

  tick(signs: VitalSigns, now: number): void {
    const silence = signs.silence(now)
    this.#silence.textContent =
      silence === undefined ? 'No connection' : `${inTenths(silence)} since the last sign of life`
    const { share, level } =
      silence === undefined || signs.interval === undefined
        ? { share: 0, level: 'fresh' }
        : silenceLevel(silence, signs.interval)
    this.#gauge.style.setProperty('--share', String(share))
    this.#gauge.setAttribute('data-level', level)
  }

  showRoundTrips({ last, samples }: RoundTrips): void {
    const { path, top } = plotPath(samples, PLOT)
    this.#curve?.setAttribute('d', path)
    this.#roundTrip.textContent = last === undefined ? 'Nothing measured yet' : timeSpan(last)
    this.#top.textContent =
      last === undefined ? '' : `the last ${samples.length}, up to ${timeSpan(top)}`
  }

  #countBeats(hasHeartbeat: boolean): void {
    this.#beats.textContent = hasHeartbeat
      ? `${this.#sent} sent, ${this.#answered} answered`
      : 'None is sent'
  }
}
