import { isCut, type MessagePreview } from './message-preview.ts'

/** "1 character", "2,001 characters". */
function characters(count: number): string {
  return count === 1 ? '1 character' : `${count.toLocaleString('en')} characters`
}

/** A text message as it came; one that would not be seen, or is too long, has a remark beside it. */
export function renderText(message: Extract<MessagePreview, { type: 'text' }>): Node[] {
  const { text, length } = message
  if (length === 0) return [remark('empty message')]

  // An element that isolates, so that right-to-left text cannot reorder the row around it.
  const shown = document.createElement('bdi')
  shown.className = 'text'
  shown.textContent = text
  if (isCut(message)) {
    return [shown, remark(`… ${characters(length)} in all, the beginning shown`)]
  }
  if (text.trim() === '') {
    shown.classList.add('blank')
    return [shown, remark(`${characters(length)}, all white space`)]
  }
  return [shown]
}

function remark(words: string): HTMLElement {
  const span = document.createElement('span')
  span.className = 'remark'
  span.textContent = words
  return span
}
