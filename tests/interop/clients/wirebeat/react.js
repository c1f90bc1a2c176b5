// Components of React that share a socket, in StrictMode. React is the version that the bundle was made with.
import { ReconnectingWebSocket } from '@wirebeat/client'
import { useSocket, useSocketListeners } from '@wirebeat/client/react'
import { createElement, StrictMode, useState, version } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'

let made = 0
class CountingWebSocket extends WebSocket {
  constructor(...args) {
    super(...args)
    made++
  }
}

const renderings = { status: 0, echo: 0 }

function Status({ socket }) {
  const { state } = useSocket(socket)
  renderings.status++
  return createElement('p', { id: 'status' }, state)
}

function Echo({ socket, name }) {
  const [heard, setHeard] = useState([])
  // Another function with each rendering, which knows what was heard before it.
  useSocketListeners(socket, { message: ({ data }) => setHeard([...heard, data]) })
  renderings.echo++
  return createElement('p', { id: name }, heard.join())
}

function App({ socket }) {
  return createElement(
    StrictMode,
    null,
    createElement(Status, { socket }),
    createElement(Echo, { socket, name: 'a' }),
    createElement(Echo, { socket, name: 'b' }),
  )
}

const text = (id) => document.getElementById(id)?.textContent

async function eventually(isSo) {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const turns = async () => {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 20))
}

globalThis.playReact = async (_name, url) => {
  const socket = new ReconnectingWebSocket(url, [], {
    startClosed: true,
    WebSocket: CountingWebSocket,
    baseDelay: 10,
  })
  const told = { version: version.split('.')[0] }
  const place = document.body.appendChild(document.createElement('div'))

  // What a server has rendered.
  place.innerHTML = '<p id="status">closed</p><p id="a"></p><p id="b"></p>'
  const errors = []
  const root = hydrateRoot(place, createElement(App, { socket }), {
    onRecoverableError: (error) => errors.push(String(error)),
  })
  await eventually(() => text('status') === 'open')
  told.made = made
  told.errors = errors

  socket.send('1')
  await eventually(() => text('a') === '1' && text('b') === '1')
  socket.send('2')
  await eventually(() => text('a') === '1,2' && text('b') === '1,2')

  socket.send('cut')
  await eventually(() => made === 2 && text('status') === 'open')
  const before = { ...renderings }
  socket.send('cut')
  await eventually(() => made === 3 && text('status') === 'open')
  told.rendersForStatus = renderings.status > before.status
  told.rendersEcho = renderings.echo - before.echo

  // Another component takes the place of the last one.
  root.render(createElement(Status, { socket, key: 'other' }))
  await turns()
  told.stateAfterChange = [text('status'), made]

  root.unmount()
  await eventually(() => socket.status.state === 'closed')
  told.end = socket.status.cause

  const again = createRoot(place)
  again.render(createElement(Status, { socket }))
  await eventually(() => text('status') === 'open')
  told.madeAgain = made
  again.render(createElement(Status, {}))
  await eventually(() => socket.status.state === 'closed' && text('status') === 'closed')
  again.unmount()
  return told
}
