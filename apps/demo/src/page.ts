import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly type: string
  readonly body: string
}

/** What a path holds: a file, or what makes one for each request, of its query. */
export type Resource = PageFile | ((query: string) => PageFile | Promise<PageFile>)

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

const FOLDER = fileURLToPath(new URL('page/', import.meta.url))

/** Reads the page, by path. */
export async function readPage(
  values: Readonly<Record<string, string>>,
): Promise<readonly [path: string, resource: Resource][]> {
  return [
    ['/', await readPageFile('index.html', values)],
    ['/page.css', await readPageFile('page.css')],
    ['/page.js', await readPageFile('page.js')],
  ]
}

/** Reads one file. Placeholders such as `{{path}}` are replaced in HTML. */
export async function readPageFile(
  name: string,
  values: Readonly<Record<string, string>> = {},
): Promise<PageFile> {
  const text = await readFile(`${FOLDER}${name}`, 'utf8')
  const extension = name.slice(name.lastIndexOf('.'))
  const body = extension === '.html' ? fillIn(text, values) : text
  return { type: `${TYPES[extension] ?? 'text/plain'}; charset=utf-8`, body }
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
}

function fillIn(html: string, values: Readonly<Record<string, string>>): string {
  return html.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(values[name] ?? ''))
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
