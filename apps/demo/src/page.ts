import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly type: string
  readonly body: string
}

/** The resource of a path: a file, or a function that makes one from the query of a request. */
export type Resource = PageFile | ((query: string) => PageFile | Promise<PageFile>)

/** Sent with every file, so that the page runs and loads only its own files and cannot be framed. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    // A person can type in any server.
    "connect-src 'self' ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
}

/** The client of the hub as a script that makes the global `signalR`. */
const CLIENT = import.meta.resolve('@microsoft/signalr/dist/browser/signalr.min.js')

const FOLDER = fileURLToPath(new URL('page/', import.meta.url))

/** Reads the files of the page, by path. */
export async function readPage(
  values: Readonly<Record<string, string>>,
): Promise<readonly [path: string, resource: Resource][]> {
  return [
    ['/', await readPageFile('index.html', values)],
    ['/page.css', await readPageFile('page.css')],
    ['/echo.css', await readPageFile('echo.css')],
    ['/page.js', await readPageFile('page.js')],
  ]
}

/** Reads the files of the page of the chat, by path. */
export async function readChatPage(
  values: Readonly<Record<string, string>>,
): Promise<readonly [path: string, resource: Resource][]> {
  return [
    ['/', await readPageFile('chat.html', values)],
    ['/page.css', await readPageFile('page.css')],
    ['/chat.css', await readPageFile('chat.css')],
    ['/chat-page.js', await readPageFile('chat-page.js')],
    ['/signalr.js', { type: SCRIPT, body: await readFile(fileURLToPath(CLIENT), 'utf8') }],
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

const SCRIPT = 'text/javascript; charset=utf-8'

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
