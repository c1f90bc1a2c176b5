// What the server and the page of the example render: a number that everybody may raise.
import { ReconnectingWebSocket } from '@wirebeat/client'
import { useSocket, useSocketListeners } from '@wirebeat/client/react'
import { type ReactNode, useState } from 'react'

// One socket for all components. It connects with the first one that is mounted, and never on the server.
const socket = new ReconnectingWebSocket(() => new URL('/ws', location.href), [], {
  startClosed: true,
  heartbeatMessage: 'beat',
  keepAliveInterval: 25_000,
})

function Connection(): ReactNode {
  const status = useSocket(socket)
  return (
    <p>
      {status.state}
      {status.state === 'waiting' && (
        <button type="button" onClick={() => socket.reconnect()}>
          Try now
        </button>
      )}
    </p>
  )
}

function Counter(): ReactNode {
  const [count, setCount] = useState('…')
  useSocketListeners(socket, { message: ({ data }) => setCount(data) })
  return (
    <button type="button" onClick={() => socket.send('+1')}>
      {count}
    </button>
  )
}

export function App(): ReactNode {
  return (
    <>
      <Connection />
      <Counter />
    </>
  )
}
