/** Empties the output folder before a build, so that a package never ships a file whose source is gone. */
import { rmSync } from 'node:fs'

rmSync(new URL('../../dist', import.meta.url), { recursive: true, force: true })
