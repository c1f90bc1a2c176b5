import type { Html, RootContent } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import type { Page } from './pages.ts'

/** A program made of one code block of a page, or of several, as the README of this package says. */
export interface Program {
  /** From the page's path and the number of the line where the block begins. */
  readonly name: string
  /** JavaScript has no type annotations, so that less can be asked of it. */
  readonly language: 'js' | 'ts'
  /** Each line stands where it stands in the page. */
  readonly text: string
}

/** A block that shows a file. */
export interface Shown {
  readonly page: string
  readonly path: string
  readonly text: string
}

interface Collected {
  readonly programs: readonly Program[]
  readonly shown: readonly Shown[]
}

/**
 * Finds the programs of a page.
 *
 * @throws Error for words after a block's language that mean nothing.
 */
export function programsOf({ path, text }: Page): Collected {
  const programs: Program[] = []
  const shown: Shown[] = []
  let given: Html | undefined
  for (const node of nodesOf(fromMarkdown(text).children)) {
    if (node.type === 'html') given = isGiven(node) ? node : undefined
    if (node.type !== 'code') continue
    const { lang: language } = node
    if (language !== 'js' && language !== 'ts') continue
    const line = lineOf(node)
    const [word = '', value = ''] = (node.meta ?? '').split('=')
    if (word === 'file') shown.push({ page: path, path: value, text: node.value })
    else if (word === 'continued') {
      const before = programs.pop()
      if (before === undefined) throw new Error(`${path}:${line}: there is nothing to continue`)
      programs.push({ ...before, text: `${before.text}${at(line + 1, node.value, before.text)}` })
    } else if (word === '') {
      const declared = given === undefined ? '' : at(lineOf(given) + 1, givenText(given))
      const code = declared + at(line + 1, node.value, declared)
      programs.push({ name: `${path}:${line}`, language, text: code })
    } else if (word !== 'fragment') throw new Error(`${path}:${line}: what is ${node.meta}?`)
    given = undefined
  }
  return { programs, shown }
}

/** All nodes in their order, those within lists and quotes too. */
function* nodesOf(nodes: readonly RootContent[]): Generator<RootContent> {
  for (const node of nodes) {
    yield node
    if ('children' in node) yield* nodesOf(node.children)
  }
}

function isGiven({ value }: Html): boolean {
  return value.startsWith('<!-- given\n')
}

function givenText({ value }: Html): string {
  return value.replace(/^.*\n/, '').replace(/-->\s*$/, '')
}

function lineOf({ position }: RootContent): number {
  return position?.start.line ?? 0
}

/** The text, behind what is there, moved down to a line. */
function at(line: number, text: string, before = ''): string {
  const lines = before.split('\n').length
  return `${'\n'.repeat(Math.max(0, line - lines))}${text}`
}
