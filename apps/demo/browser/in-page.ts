// What tests run in the page, of either browser. It uses nothing from outside of its function.

/** The rows of the log, without their times. */
export function rowTexts(rows: readonly Element[]): string[] {
  return rows.map((row) =>
    [...row.querySelectorAll('td:not(.time)')].map((cell) => cell.textContent).join('|'),
  )
}

/** The words of elements. */
export function texts(elements: readonly Element[]): string[] {
  return elements.map((element) => element.textContent.trim())
}

/** Pairs of what a person reads or presses, of which one lies over the other. */
export function overlaps(): string[] {
  const selector = 'header *, label, input, textarea, button, h2, .note, .axes > *, dt, dd, a'
  const seen = [...document.querySelectorAll<HTMLElement>(selector)].filter(
    (shown) =>
      shown.checkVisibility() &&
      shown.closest('.visually-hidden, .log-scroller') === null &&
      !shown.matches('.kinds input, header > *'),
  )
  const boxes = seen.map((shown) => ({ shown, box: shown.getBoundingClientRect() }))
  return boxes.flatMap(({ shown: one, box: a }, index) =>
    boxes.slice(index + 1).flatMap(({ shown: other, box: b }) => {
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
      const isOver = width > 1 && height > 1 && !one.contains(other) && !other.contains(one)
      return isOver ? [`${one.outerHTML} and ${other.outerHTML}`] : []
    }),
  )
}
