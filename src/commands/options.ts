/** What several commands share. */
import { Option } from 'commander'

export function configOption(): Option {
  return new Option(
    '-c, --config <file>',
    'the configuration file (default: /etc/tercel/tercel.yaml, else the shipped one)'
  )
}
