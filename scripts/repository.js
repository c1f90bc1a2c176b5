// Writes into the manifests of the public packages where their source is: the repository that the
// release runs in. npm attests the origin of a package only where `repository` names that very one.
//
// In the tree the manifests do not say it, so that a fork's or a moved repository's do not lie.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env
if (!server || !name) {
  console.error('GITHUB_SERVER_URL and GITHUB_REPOSITORY have to name the repository.')
  process.exit(1)
}
const url = `${server}/${name}`

for (const directory of [...readdirSync('packages').map((one) => `packages/${one}`), 'apps/demo']) {
  const file = `${directory}/package.json`
  const manifest = {
    ...JSON.parse(readFileSync(file, 'utf8')),
    homepage: `${url}/tree/HEAD/${directory}#readme`,
    bugs: `${url}/issues`,
    repository: { type: 'git', url: `git+${url}.git`, directory },
  }
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`)
}
