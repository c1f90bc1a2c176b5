import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

// The hub of the folder aspnet, built once for all measurements.

const folder = join(tmpdir(), `wirebeat-bench-aspnet-${process.getuid?.() ?? 0}`)
const project = fileURLToPath(new URL('../aspnet/bench.csproj', import.meta.url))

export const ASPNET_PROGRAM: string = join(folder, 'publish', 'bench.dll')
export const ASPNET_ENVIRONMENT: NodeJS.ProcessEnv = {
  ...process.env,
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  DOTNET_NOLOGO: '1',
  ASPNETCORE_ENVIRONMENT: 'Production',
}

/** Builds the hub on ASP.NET Core. Returns why that cannot be done, if so. */
export function buildAspnet(): string | undefined {
  const { error, status, stdout } = spawnSync(
    'dotnet',
    ['publish', project, '--configuration', 'Release', '--output', join(folder, 'publish')].concat([
      '--artifacts-path',
      join(folder, 'artifacts'),
    ]),
    { env: ASPNET_ENVIRONMENT, encoding: 'utf8' },
  )
  if (error !== undefined) return 'there is no dotnet.'
  return status === 0 ? undefined : `dotnet cannot build it. ${stdout.trim().split('\n').at(-1)}`
}
