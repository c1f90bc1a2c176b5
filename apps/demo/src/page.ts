import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly type: string
  readonly body: string
}

/** What a path holds: a file, or one that is made for each request. */
export type Resource = PageFile | (() => Promise<PageFile>)

/** Sent with every file: nothing is run, framed or fetched that is not the page's own. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    // Whatever server a person types in.
    "connect-src 'self' ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
}

const STATIC_FOLDER = fileURLToPath(new URL('../page/', import.meta.url))
const SCRIPT_FOLDER = fileURLToPath(new URL('page/', import.meta.url))

/** Reads the page, by path. */
export async function readPage(
  values: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Resource>> {
  const scripts = (await readdir(SCRIPT_FOLDER)).filter((name) => name.endsWith('.js'))
  const files = new Map<string, Resource>([
    ['/', await readPageFile('index.html', values)],
    ['/page.css', await readPageFile('page.css')],
  ])
  for (const name of scripts) {
    const body = await readFile(`${SCRIPT_FOLDER}${name}`, 'utf8')
    files.set(`/${name}`, { type: 'text/javascript; charset=utf-8', body })
  }
  return files
}

/** Reads a file that no script is. Placeholders such as `{{path}}` in it are replaced. */
export async function readPageFile(
  name: string,
  values: Readonly<Record<string, string>> = {},
): Promise<PageFile> {
  const text = await readFile(`${STATIC_FOLDER}${name}`, 'utf8')
  const type = name.endsWith('.css') ? 'text/css' : 'text/html'
  return { type: `${type}; charset=utf-8`, body: fillIn(text, values) }
}

function fillIn(html: string, values: Readonly<Record<string, string>>): string {
  return html.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(values[name] ?? ''))
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
