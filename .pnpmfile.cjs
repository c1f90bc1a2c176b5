// Two packages ask for a newer Node than they need, and would be warned of at each installation on Node 20,
// which the tests run on: cookie, of the fastify of an example, and the repacked uWebSockets.js, which has a
// binary for it.
const NEED_NO_NEWER_NODE = new Set(['cookie@2.0.2', 'uws-pack@20.0.8'])

module.exports = {
  hooks: {
    readPackage(manifest) {
      if (NEED_NO_NEWER_NODE.has(`${manifest.name}@${manifest.version}`)) delete manifest.engines
      return manifest
    },
  },
}
