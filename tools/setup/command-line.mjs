import { parseArgs } from 'node:util';
import { examine } from './doctor/examine.mjs';
import { printFindings } from './doctor/print.mjs';
import { explain } from './explain.mjs';
import { help } from './help.mjs';
import { root } from './paths.mjs';
import { SetupProblem } from './problem.mjs';
import { setUp } from './set-up.mjs';

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function runCommandLine(args) {
  const place = { home: root, env: process.env };
  try {
    const { values } = parseArgs({
      args,
      options: {
        check: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    if (values.check) {
      const findings = await examine(place);
      process.stdout.write(values.json ? `${JSON.stringify(findings, null, 2)}\n` : printFindings(findings));
      return findings.missing.length > 0 ? 2 : 0;
    }
    await setUp(place);
    return 0;
  } catch (error) {
    return report(error);
  }
}

/**
 * One sentence for what is missing; the whole text for what does not compile.
 *
 * @param {unknown} error
 */
function report(error) {
  const { code = '', message } = /** @type {NodeJS.ErrnoException} */ (error);
  if (error instanceof SetupProblem || code.startsWith('ERR_PARSE_ARGS')) {
    process.stderr.write(`${message}\n`);
    return 2;
  }
  if (['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS'].includes(code)) {
    process.stderr.write(`${explain('set-up', message, root).message}\n`);
    return 2;
  }
  process.stderr.write(`Set-up stopped: ${message}\n`);
  return 1;
}
