import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startSandbox } from '.';
import { DEFAULT_PORT } from './port';
import { providers } from './providers';
import { REFUSED_SECRET } from './providers/provider';

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string' },
			host: { type: 'string' },
			key: { type: 'string' },
			cert: { type: 'string' },
		},
	});
	const port = values.port ?? process.env.SANDBOX_PORT ?? String(DEFAULT_PORT);
	if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
		throw new Error(`The port has to be a number from 0 to 65535, not "${port}".`);
	}

	const { key, cert } = values;
	if ((key === undefined) !== (cert === undefined)) {
		throw new Error(
			'For HTTP/2 give both --key and --cert, the files of a key and its certificate.',
		);
	}
	const sandbox = await startSandbox({
		port: Number(port),
		host: values.host,
		...(key !== undefined &&
			cert !== undefined && {
				tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') },
			}),
		log: (line) => {
			console.log(line);
		},
	});
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void sandbox.close());
	}

	console.log(`The sandbox listens on ${sandbox.url}

In the credential turn on Use Sandbox, with this address as its Sandbox URL. Or send to:
${providers.map(({ name, baseUrl }) => `  ${name.padEnd(19)}${sandbox.url}${baseUrl}`).join('\n')}
Any secret is taken, except ${REFUSED_SECRET}.

What has arrived, live, with sums and with switches for faults:
  ${sandbox.url}/
The same as JSON, and what was refused and why:
  curl ${sandbox.url}/events
Forget it, and all faults:
  curl -X DELETE ${sandbox.url}/events
Misbehave, here with a 503 for the next two requests:
  curl -X PUT ${sandbox.url}/faults -d '[{"kind":"status","status":503,"next":2}]'
The faults in force:
  curl ${sandbox.url}/faults
`);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
