import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly type: string
  readonly body: string
}

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

/** Reads the page, by path. Placeholders such as `{{path}}` in it are replaced. */
export async function readPage(
  values: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, PageFile>> {
  const scripts = (await readdir(SCRIPT_FOLDER)).filter((name) => name.endsWith('.js'))
  const html = await readFile(`${STATIC_FOLDER}index.html`, 'utf8')
  const css = await readFile(`${STATIC_FOLDER}page.css`, 'utf8')
  const files = new Map<string, PageFile>([
    ['/', { type: 'text/html; charset=utf-8', body: fillIn(html, values) }],
    ['/page.css', { type: 'text/css; charset=utf-8', body: css }],
  ])
  for (const name of scripts) {
    const body = await readFile(`${SCRIPT_FOLDER}${name}`, 'utf8')
    files.set(`/${name}`, { type: 'text/javascript; charset=utf-8', body })
  }
  return files
}

function fillIn(html: string, values: Readonly<Record<string, string>>): string {
  return html.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(values[name] ?? ''))
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
