/**
 * The element with this id, checked to be of the class that the caller is about to use it as.
 * Throws when the page and its script no longer agree.
 */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} with id "${id}"`)
  return found
}

/** A new span of this class, with this text. */
export function span(name: string, text: string): HTMLSpanElement {
  const made = document.createElement('span')
  made.className = name
  made.textContent = text
  return made
}
