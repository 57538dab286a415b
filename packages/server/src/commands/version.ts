import { version as release } from '../version.ts';
import { defineCommand } from './command.ts';
import { print } from './print.ts';

/** `keywright version`. */
export const version = defineCommand({
  name: 'version',
  summary: 'Print the version of Keywright and of Node.js',
  arguments: {},
  options: {},
  async run(invocation) {
    const result = { keywright: release, node: process.versions.node };
    print(invocation, result, () => `keywright ${release} on Node.js ${process.versions.node}\n`);
    return 0;
  },
});
