/** `tercel spool`: where alerts wait until their outputs have them. Its commands are in spool/. */
import { Command } from 'commander'
import { compactCommand } from './spool/compact.ts'
import { exportCommand } from './spool/export.ts'
import { forgetCommand } from './spool/forget.ts'
import { statusCommand } from './spool/status.ts'
import { verifyCommand } from './spool/verify.ts'

export const spoolCommand = new Command('spool')
  .description('see what waits in the spool and why; check it, make it smaller, copy it')
  .addCommand(statusCommand)
  .addCommand(verifyCommand)
  .addCommand(compactCommand)
  .addCommand(exportCommand)
  .addCommand(forgetCommand)
