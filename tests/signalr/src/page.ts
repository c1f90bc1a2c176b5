import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DifferenceKind, differences, KINDS } from './differences.ts'

const PAGE = fileURLToPath(new URL('../../../docs/signalr.md', import.meta.url))
const BEGIN = '<!-- The table of tests/signalr/src/differences.ts. -->\n'
const END = '<!-- Its end. -->\n'

/** The page as it is, and as it would be with the table of differences as it is now. */
export function readPage(): { readonly is: string; readonly shouldBe: string } {
  const is = readFileSync(PAGE, 'utf8')
  const [before, after] = [is.indexOf(BEGIN), is.indexOf(END)]
  if (before < 0 || after < 0) throw new Error(`${PAGE} has no place for the differences.`)
  const shouldBe = `${is.slice(0, before)}${BEGIN}\n${sections()}\n${is.slice(after)}`
  return { is, shouldBe }
}

/** Writes the table of differences into the page. */
export function writePage(): void {
  writeFileSync(PAGE, readPage().shouldBe)
}

function sections(): string {
  const kinds = (Object.keys(KINDS) as DifferenceKind[]).filter((kind) =>
    differences.some((difference) => difference.kind === kind),
  )
  return kinds.map((kind) => `### ${KINDS[kind]}\n\n${table(kind)}`).join('\n')
}

function table(kind: DifferenceKind): string {
  const rows = differences.filter((difference) => difference.kind === kind)
  return [
    '| ASP.NET Core 10 | Wirebeat | why |',
    '| --- | --- | --- |',
    ...rows.map(({ genuine, ours, reason }) => `| ${genuine} | ${ours} | ${reason} |`),
    '',
  ].join('\n')
}
