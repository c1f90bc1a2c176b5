import { span } from './element.ts'
import { quantity } from './figure.ts'
import { isCut, type MessagePreview } from './message-preview.ts'

/** A text message as it came; one that would not be seen, or is too long, has a remark beside it. */
export function renderText(message: Extract<MessagePreview, { type: 'text' }>): Node[] {
  const { text, length } = message
  if (length === 0) return [span('remark', 'empty message')]

  // An element that isolates, so that right-to-left text cannot reorder the row around it.
  const shown = document.createElement('bdi')
  shown.className = 'text'
  shown.textContent = text
  const size = quantity(length, 'character')
  if (isCut(message)) return [shown, span('remark', `… ${size} in all, the beginning shown`)]
  if (text.trim() === '') {
    shown.classList.add('blank')
    return [shown, span('remark', `${size}, all white space`)]
  }
  return [shown]
}
