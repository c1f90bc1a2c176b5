const SHOWN = 2000

/** "1 character", "2,001 characters": code points, so that an emoji is not two. */
function characterCount(text: string): string {
  let count = 0
  for (let i = 0; i < text.length; i += (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1) count++
  return count === 1 ? '1 character' : `${count.toLocaleString('en')} characters`
}

/** The beginning of a text, at most `length` UTF-16 units, never half a surrogate pair. */
export function beginning(text: string, length: number): string {
  if (text.length <= length) return text
  const splitsPair = (text.codePointAt(length - 1) ?? 0) > 0xffff
  return text.slice(0, splitsPair ? length - 1 : length)
}

/** A text message as it came; one that would not be seen, or is too long, has a remark beside it. */
export function renderText(text: string): Node[] {
  if (text === '') return [remark('empty message')]

  // An element that isolates, so that right-to-left text cannot reorder the row around it.
  const shown = document.createElement('bdi')
  shown.className = 'text'
  shown.textContent = beginning(text, SHOWN)
  if (text.length > SHOWN) {
    return [shown, remark(`… ${characterCount(text)} in all, the beginning shown`)]
  }
  if (text.trim() === '') {
    shown.classList.add('blank')
    return [shown, remark(`${characterCount(text)}, all white space`)]
  }
  return [shown]
}

function remark(words: string): HTMLElement {
  const span = document.createElement('span')
  span.className = 'remark'
  span.textContent = words
  return span
}
