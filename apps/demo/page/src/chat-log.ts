import type { Person } from '../../src/chat.ts'
import { element, span } from './element.ts'
import { clockTime } from './log-entry.ts'

const MAX_ENTRIES = 500

/** Pixels from the end within which a reader still counts as being there. */
const END_TOLERANCE = 16

/** What was said in the room, and who came and went. A reader at the end is taken along. */
export class ChatLog {
  readonly #scroller = element('log', HTMLElement)
  readonly #list = element('messages', HTMLOListElement)
  readonly #empty = element('log-empty', HTMLElement)

  said(person: Person, text: string, isOwn: boolean): void {
    const shown = document.createElement('bdi')
    shown.className = 'text'
    shown.textContent = text
    this.#add('said', [personName(person, isOwn)], shown)
  }

  noted(...what: (Node | string)[]): void {
    this.#add('note', what)
  }

  failed(problem: string): void {
    this.#add('failed', [span('what', problem)])
  }

  #add(kind: string, what: (Node | string)[], ...below: Node[]): void {
    const { scrollHeight, clientHeight, scrollTop } = this.#scroller
    const isAtEnd = scrollHeight - clientHeight - scrollTop <= END_TOLERANCE
    const now = new Date()
    const time = document.createElement('time')
    time.dateTime = now.toISOString()
    time.textContent = clockTime(now)
    const line = span('line-text', '')
    line.append(...what)
    const item = document.createElement('li')
    item.setAttribute('data-kind', kind)
    item.append(line, time, ...below)
    this.#list.append(item)
    while (this.#list.childElementCount > MAX_ENTRIES) this.#list.firstElementChild?.remove()
    this.#empty.hidden = true
    if (isAtEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight
  }
}

/** Name and number. The name is isolated, so that one that is written from right to left moves nothing around it. */
export function personName({ name, number }: Person, isOwn = false): HTMLSpanElement {
  const shown = document.createElement('bdi')
  shown.textContent = name
  const who = span('who', '')
  who.toggleAttribute('data-own', isOwn)
  who.append(shown, ' ', span('number', `#${number}`))
  return who
}
