// The official package of the engine is CommonJS, so that all of it is its default export. The package
// that the tests take it from is a module with named exports of the same types.
import * as uWS from '../node_modules/uWebSockets.js/dist/index.mjs'

export default uWS
