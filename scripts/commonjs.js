// Says that the build in dist/cjs is CommonJS, in a package of modules.
import { writeFileSync } from 'node:fs'

writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n')
