// The script of the page: it takes over what the server has rendered.
import { StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { App } from './react-app.js'

const root = document.getElementById('root')
if (root !== null) {
  hydrateRoot(
    root,
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
