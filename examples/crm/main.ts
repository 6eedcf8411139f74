/** One service as one process: `main.ts customers`. What it needs to know is in the environment, as JSON. */
import { type Settings, startService } from './Process.js'

const settings = JSON.parse(process.env['CRM_SETTINGS'] ?? '') as Settings
const { stop } = await startService(settings)

const end = (): void => {
  void stop().then(() => process.exit(0))
}
process.on('SIGTERM', end)
// Whoever started it is gone, so nobody would end it any more.
process.on('disconnect', () => process.exit(1))
process.send?.('ready')
