// One line on the terminal about what takes long: what runs, how far it is, and how long it will still take. Where
// the output is no terminal, nothing.
import process from 'node:process'
import { createLogUpdate } from 'log-update'

/** Milliseconds from one look at the clock to the next. */
const TICK = 1_000

/** `7 s`, `2 min 5 s`, or `1 h 4 min`. */
function duration(milliseconds) {
  const seconds = Math.round(milliseconds / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
}

export class Progress {
  #stream
  #total
  #expected
  #draw
  #timer
  #start = performance.now()
  #what = ''
  #done = 0
  #told = this.#start

  constructor(total, { stream = process.stderr, expected } = {}) {
    this.#stream = stream
    this.#total = total
    this.#expected = expected
    if (stream.isTTY !== true || process.env.TERM === 'dumb') return
    this.#draw = createLogUpdate(stream)
    this.#timer = setInterval(() => this.#show(), TICK)
    this.#timer.unref()
  }

  /** Says what runs from now on, and how much of the work is done. */
  tell(what, done) {
    if (done !== this.#done) this.#told = performance.now()
    this.#what = what
    this.#done = done
    this.#show()
  }

  /** Writes a line that stays. */
  say(line) {
    this.#draw?.clear()
    this.#stream.write(`${line}\n`)
    this.#show()
  }

  /** Takes the line away until something is told again, for what others write. */
  clear() {
    this.#what = ''
    this.#draw?.clear()
  }

  /** Takes the line away for good. */
  end() {
    clearInterval(this.#timer)
    this.#draw?.clear()
    this.#draw?.done()
    this.#draw = undefined
  }

  #show() {
    if (this.#draw === undefined || this.#what === '') return
    const share = Math.floor((100 * this.#done) / this.#total)
    const left = this.#left()
    const words = [
      `${String(share).padStart(3)} %`,
      ...(left === undefined ? [] : [`${duration(left)} left`]),
    ]
    const room = (this.#stream.columns || 80) - words.join('  ').length - 3
    this.#draw([...words, this.#what.slice(0, Math.max(room, 0))].join('  '))
  }

  /** Milliseconds. */
  #left() {
    const whole =
      this.#done === 0 ? this.#expected : ((this.#told - this.#start) / this.#done) * this.#total
    if (whole === undefined) return undefined
    return Math.max(whole - (performance.now() - this.#start), 0)
  }
}
