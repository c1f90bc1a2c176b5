import { describeLoad, type Load } from './load.ts'
import type { Figure, Row } from './summary.ts'

/** The loads that are drawn, where they were measured. */
const DRAWN: ReadonlySet<string> = new Set([
  '64x1-binary-100',
  '64x16-binary-100',
  '16Kx1-binary-100',
])

const WIDTH = 720
const MARGIN = 16
const NAME_WIDTH = 190
const VALUE_WIDTH = 190
const BAR_HEIGHT = 16
const BAR_STEP = 22
const TITLE_HEIGHT = 34
const PANEL_GAP = 14

/**
 * Bars of CPU time per message by contestant, one panel for each of a few loads, as SVG. A line on each bar goes from the
 * lowest round to the highest. Behind it stand the median, and the ratio to the bare library with its lowest and highest.
 * Each panel has a scale of its own. Colours follow the reader's choice of light or dark.
 *
 * @returns `undefined` when none of these loads was measured
 */
export function renderPlot(rows: readonly Row[]): string | undefined {
  const loads = [...new Set(rows.map(({ load }) => load))].filter(({ id }) => DRAWN.has(id))
  if (loads.length === 0) return undefined
  let top = MARGIN
  const panels: string[] = []
  for (const load of loads) {
    const bars = barsOf(rows, load)
    panels.push(renderPanel(load, bars, top))
    top += TITLE_HEIGHT + bars.length * BAR_STEP + PANEL_GAP
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" role="img" aria-label="CPU time of the server per message, by contestant">`,
    '<style>',
    'text { font: 13px system-ui, sans-serif; fill: #1f2328 }',
    '.title { font-weight: 600 }',
    '.bar { fill: #8c959f }',
    '.own { fill: #0969da }',
    '.range { stroke: #1f2328; stroke-width: 1.5 }',
    '@media (prefers-color-scheme: dark) {',
    'text { fill: #e6edf3 } .bar { fill: #6e7681 } .own { fill: #4493f8 }',
    '.range { stroke: #e6edf3 }',
    '}',
    '</style>',
    ...panels,
    '</svg>',
    '',
  ].join('\n')
}

interface Bar {
  readonly name: string
  readonly figure: Figure
}

function barsOf(rows: readonly Row[], load: Load): Bar[] {
  return rows.flatMap(({ load: its, contestant, figures: { cpuPerMessage } }) =>
    its === load && cpuPerMessage !== undefined
      ? [{ name: contestant.name, figure: cpuPerMessage }]
      : [],
  )
}

function renderPanel(load: Load, bars: readonly Bar[], top: number): string {
  const longest = Math.max(...bars.map(({ figure }) => figure.range[1]))
  const room = WIDTH - 2 * MARGIN - NAME_WIDTH - VALUE_WIDTH
  const left = MARGIN + NAME_WIDTH
  const title = `CPU µs per message: ${describeLoad(load)}`
  const across = (value: number): number => round((value / longest) * room)
  const lines = bars.flatMap(({ name, figure }, index) => {
    const y = top + TITLE_HEIGHT + index * BAR_STEP
    const baseline = y + BAR_HEIGHT - 4
    const middle = y + BAR_HEIGHT / 2
    const [lowest, highest] = figure.range.map((value) => left + across(value))
    const kind = name.startsWith('adapter-') ? 'bar own' : 'bar'
    return [
      `<text x="${left - 8}" y="${baseline}" text-anchor="end">${escapeXml(name)}</text>`,
      `<rect class="${kind}" x="${left}" y="${y}" width="${across(figure.value)}" height="${BAR_HEIGHT}" rx="2"/>`,
      `<line class="range" x1="${lowest}" x2="${highest}" y1="${middle}" y2="${middle}"/>`,
      `<text x="${round((highest ?? left) + 6)}" y="${baseline}">${describe(figure)}</text>`,
    ]
  })
  return [
    `<text class="title" x="${MARGIN}" y="${top + 18}">${escapeXml(title)}</text>`,
    ...lines,
  ].join('\n')
}

/** The ratio to the bare library, with the lowest and the highest of the rounds, stands behind the median. */
function describe({ value, ratio, ratioRange }: Figure): string {
  if (ratio === undefined || ratioRange === undefined) return value.toFixed(2)
  const [lowest, highest] = ratioRange.map((one) => one.toFixed(2))
  return `${value.toFixed(2)} (${ratio.toFixed(2)}, ${lowest} to ${highest})`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
