// The client in a page, and in a worker of it.
import { ReconnectingWebSocket } from '@wirebeat/client'
import { scenarios } from './scenarios.js'

const inWorker = globalThis.document === undefined

if (inWorker) {
  globalThis.onmessage = async ({ data: [name, url] }) => {
    postMessage(await scenarios[name](ReconnectingWebSocket, url))
  }
} else {
  globalThis.play = (name, url) => scenarios[name](ReconnectingWebSocket, url)
  globalThis.playInWorker = (name, url) =>
    new Promise((resolve, reject) => {
      const worker = new Worker('/page.js', { type: 'module' })
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.postMessage([name, url])
    })
}
